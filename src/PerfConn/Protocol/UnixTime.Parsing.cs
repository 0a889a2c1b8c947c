using System;

namespace PerfConn.Protocol;

/// <content>Reading times from UTF-8 text. Exact or refused: decimals below a nanosecond must be 0.</content>
public readonly partial record struct UnixTime
{
    /// <summary>Seconds that nanoseconds surely reach: from 1677-09-21T00:12:44Z to before 2262-04-11T23:47:16Z.</summary>
    private const long SecondsReach = long.MaxValue / NanosecondsPerSecond;

    /// <summary>1970-01-01 in days since 0001-01-01.</summary>
    private const int EpochDay = 719_162;

    private const int SecondsPerDay = 86_400;

    /// <summary>Reads units since 1970 that take up all of <paramref name="text"/>: <c>1672515782136</c>, <c>1672515782.136</c>. A number's grammar is that of <see cref="FixedPoint"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">What the number counts.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>False when it is no such number, or none that nanoseconds hold exactly.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, UnixTimeUnit unit, out UnixTime time)
    {
        if (Utf8Integer.TryParse(text, out long whole))
        {
            return TryCreate(whole, unit, out time);
        }

        time = default;
        return FixedPoint.TryParse(text, out FixedPoint value) && TryCreate(value, unit, out time);
    }

    /// <summary>
    /// Reads a time of RFC 3339 section 5.6, the part of ISO 8601 that venues send: <c>2022-12-25T09:30:59.123456Z</c>, with an offset
    /// <c>+05:30</c> instead of the Z, with a space instead of the T (its note), in lower case, with any number of decimals or none.
    /// </summary>
    /// <param name="text">The text, all of it.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>
    /// False when it is no such time, has no offset (it does not say when it is), or lies outside of 1677 to 2262. Second 60 is read where a leap second can be, as
    /// the last second of a month in UTC, and then is the first second of the next: Unix time has no other number for it.
    /// </returns>
    public static bool TryParseRfc3339(ReadOnlySpan<byte> text, out UnixTime time)
    {
        var reader = new CalendarReader(text);
        reader.ReadDate(separator: '-');
        reader.ExpectDateEnd();
        reader.ReadTime();
        reader.ReadOffset();
        return TryCreate(in reader, out time);
    }

    /// <summary>Reads a UTCTimestamp of FIX 4.4 and later, <c>20261121-15:04:05</c> with any number of decimals or none.</summary>
    /// <param name="text">The text, all of it.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>False as in <see cref="TryParseRfc3339"/>; second 60 is read in the same way.</returns>
    public static bool TryParseFix(ReadOnlySpan<byte> text, out UnixTime time)
    {
        var reader = new CalendarReader(text);
        reader.ReadDate(separator: '\0');
        reader.Expect('-');
        reader.ReadTime();
        return TryCreate(in reader, out time);
    }

    private static bool TryCreate(scoped in CalendarReader read, out UnixTime time)
    {
        time = default;
        if (!read.IsComplete || read.Year == 0 || read.Month is < 1 or > 12 || read.Day < 1 || read.Day > DateTime.DaysInMonth(read.Year, read.Month)
            || read.Hour > 23 || read.Minute > 59 || read.Second > 60)
        {
            return false;
        }

        long days = new DateOnly(read.Year, read.Month, read.Day).DayNumber - EpochDay;
        long seconds = (days * SecondsPerDay) + (((read.Hour * 60) + read.Minute - read.OffsetMinutes) * 60) + read.Second;
        if (seconds is < -SecondsReach or >= SecondsReach || (read.Second == 60 && !BeginsMonth(seconds)))
        {
            return false;
        }

        time = new UnixTime((seconds * NanosecondsPerSecond) + read.Nanosecond);
        return true;
    }

    private static bool BeginsMonth(long seconds) =>
        seconds % SecondsPerDay == 0 && DateOnly.FromDayNumber((int)(seconds / SecondsPerDay) + EpochDay).Day == 1;
}
