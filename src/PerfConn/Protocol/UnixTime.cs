using System;
using System.Globalization;

namespace PerfConn.Protocol;

/// <summary>
/// A moment as nanoseconds since 1970-01-01T00:00:00Z, whatever way the venue writes it: 1677 to 2262, and exact, where a
/// <see cref="DateTimeOffset"/> ends at 100 ns. Like Unix time it does not count leap seconds.
/// </summary>
/// <param name="Nanoseconds">Nanoseconds since 1970, negative before.</param>
/// <remarks>Eight bytes, immutable. Allocates nothing but in <see cref="ToString"/>.</remarks>
public readonly partial record struct UnixTime(long Nanoseconds) : IComparable<UnixTime>
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Makes a time of a whole number of units.</summary>
    /// <param name="value">Units since 1970.</param>
    /// <param name="unit">What they are.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>False when nanoseconds do not reach as far.</returns>
    public static bool TryCreate(long value, UnixTimeUnit unit, out UnixTime time)
    {
        long high = Math.BigMul(value, Utf8Digits.PowerOfTen(PlacesBelow(unit)), out long nanoseconds);
        bool fits = high == nanoseconds >> 63;
        time = new UnixTime(fits ? nanoseconds : 0);
        return fits;
    }

    /// <summary>Makes a time of units with decimals, <c>1672515782.136</c> seconds.</summary>
    /// <param name="value">Units since 1970.</param>
    /// <param name="unit">What they are.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>False when nanoseconds do not reach as far, or when it has decimals below a nanosecond that are not 0.</returns>
    public static bool TryCreate(FixedPoint value, UnixTimeUnit unit, out UnixTime time)
    {
        bool fits = value.TryRescale(PlacesBelow(unit), out FixedPoint nanoseconds);
        time = new UnixTime(nanoseconds.Mantissa);
        return fits;
    }

    /// <summary>The same moment for the base library, cut to the 100 ns that it counts in.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.UnixEpoch.AddTicks((Nanoseconds / TimeSpan.NanosecondsPerTick) - (Nanoseconds % TimeSpan.NanosecondsPerTick < 0 ? 1 : 0));

    /// <inheritdoc/>
    public int CompareTo(UnixTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>RFC 3339 with nanoseconds, <c>2026-11-21T15:04:05.123456789Z</c>. Allocates.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ToDateTimeOffset().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff}{Below100(Nanoseconds):D2}Z");

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(UnixTime left, UnixTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(UnixTime left, UnixTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether the left one is earlier or the same.</summary>
    public static bool operator <=(UnixTime left, UnixTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether the left one is later or the same.</summary>
    public static bool operator >=(UnixTime left, UnixTime right) => left.Nanoseconds >= right.Nanoseconds;

    private static int PlacesBelow(UnixTimeUnit unit)
    {
        int places = (int)UnixTimeUnit.Nanoseconds - (int)unit;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)places, (uint)UnixTimeUnit.Nanoseconds, nameof(unit));
        return places;
    }

    /// <summary>0 to 99, before 1970 too.</summary>
    private static long Below100(long nanoseconds) => ((nanoseconds % 100) + 100) % 100;
}
