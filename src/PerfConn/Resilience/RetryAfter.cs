using System;
using System.Globalization;

namespace PerfConn.Resilience;

/// <summary>
/// The value of a <c>Retry-After</c> header, RFC 9110 section 10.2.3: seconds, or a date in one of the three forms of section 5.6.7.
/// </summary>
/// <remarks>Pure. A number too large to hold is "as long as can be said" (section 5.6.7 has nothing on it; RFC 9111 section 1.2.2 says so of its seconds).</remarks>
internal static class RetryAfter
{
    private static readonly string[] s_dateForms = ["ddd, dd MMM yyyy HH':'mm':'ss 'GMT'", "ddd MMM d HH':'mm':'ss yyyy"];

    /// <summary>How long to stay away, from <paramref name="now"/> on; never negative. Null when the value says nothing that can be understood.</summary>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (!value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            const long MaxSeconds = int.MaxValue;
            return TimeSpan.FromSeconds(long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? Math.Min(seconds, MaxSeconds) : MaxSeconds);
        }

        if (!TryParseDate(value, now, out DateTimeOffset date))
        {
            return null;
        }

        return date > now ? date - now : TimeSpan.Zero;
    }

    private static bool TryParseDate(string value, DateTimeOffset now, out DateTimeOffset date)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite;
        if (DateTimeOffset.TryParseExact(value, s_dateForms, CultureInfo.InvariantCulture, Style, out date))
        {
            return true;
        }

        if (!DateTimeOffset.TryParseExact(value, "dddd, dd-MMM-yy HH':'mm':'ss 'GMT'", CultureInfo.InvariantCulture, Style, out date))
        {
            return false;
        }

        // Two digits of a year: what seems to be more than 50 years ahead is in the past (section 5.6.7).
        date = date > now.AddYears(50) ? date.AddYears(-100) : date;
        return true;
    }
}
