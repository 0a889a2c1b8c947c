using System;
using System.Text;

namespace PerfConn.Diagnostics;

/// <summary>
/// The one place that makes an address fit to be shown: user info, query values and fragment are replaced, keys stay, so that a log line
/// still says which parameters were sent. Used by every exception, event and log of PerfConn.
/// </summary>
/// <remarks>A path is shown as it is, except that a segment of 32 or more characters, as listen keys and tokens are, is replaced.</remarks>
public static class Redactor
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "***";

    private const int LongestInnocentSegment = 31;

    /// <summary>The address without its secrets.</summary>
    public static string Redact(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri)
        {
            return Mask;
        }

        var text = new StringBuilder();
        text.Append(address.Scheme).Append("://");
        if (address.UserInfo.Length > 0)
        {
            text.Append(Mask).Append('@');
        }

        text.Append(address.Host);
        if (!address.IsDefaultPort)
        {
            text.Append(':').Append(address.Port);
        }

        AppendPath(text, address.AbsolutePath);
        AppendQuery(text, address.Query);
        return text.ToString();
    }

    private static void AppendPath(StringBuilder text, string path)
    {
        foreach (Range range in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> segment = path.AsSpan(range);
            if (range.Start.Value > 0)
            {
                text.Append('/');
            }

            if (segment.Length > LongestInnocentSegment)
            {
                text.Append(Mask);
            }
            else
            {
                text.Append(segment);
            }
        }
    }

    /// <summary>Whether what stands before the sign is a key: a bare base64 token has signs too, but nothing after them, and keys are not that long.</summary>
    private static bool IsKey(ReadOnlySpan<char> pair, int equals) =>
        equals is >= 0 and <= LongestInnocentSegment && pair[(equals + 1)..].ContainsAnyExcept('=');

    private static void AppendQuery(StringBuilder text, string query)
    {
        if (query.Length <= 1)
        {
            return;
        }

        char separator = '?';
        foreach (Range range in query.AsSpan(1).Split('&'))
        {
            ReadOnlySpan<char> pair = query.AsSpan(1)[range];
            int equals = pair.IndexOf('=');
            text.Append(separator);
            separator = '&';
            if (IsKey(pair, equals))
            {
                text.Append(pair[..(equals + 1)]);
            }

            text.Append(Mask);
        }
    }
}
