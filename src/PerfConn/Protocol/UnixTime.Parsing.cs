using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfConn.Protocol;

/// <content>Reading times from UTF-8 text. Exact or refused: decimals below a nanosecond must be 0.</content>
public readonly partial record struct UnixTime
{
    /// <summary>Seconds that nanoseconds surely reach: from 1677-09-21T00:12:44Z to before 2262-04-11T23:47:16Z.</summary>
    private const long SecondsReach = long.MaxValue / NanosecondsPerSecond;

    /// <summary><c>2022-12-25T09:30:59</c>.</summary>
    private const int Rfc3339Seconds = 19;

    /// <summary>The same and a Z: the shortest one.</summary>
    private const int Rfc3339Length = Rfc3339Seconds + 1;

    /// <summary><c>20261121-15:04:05</c>, the shortest one.</summary>
    private const int FixLength = 17;

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
    /// <c>+05:30</c> instead of the Z, with a space instead of the T (its note), in lower case, with up to eighteen decimals or none.
    /// </summary>
    /// <param name="text">The text, all of it.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>
    /// False when it is no such time, has no offset (it does not say when it is), or lies outside of 1677 to 2262. Second 60 is read where a leap second can be, as
    /// the last second of a month in UTC, and then is the first second of the next: Unix time has no other number for it.
    /// </returns>
    public static bool TryParseRfc3339(ReadOnlySpan<byte> text, out UnixTime time)
    {
        time = default;
        if (text.Length < Rfc3339Length)
        {
            return false;
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        int faults = 0;
        int year = (Two(ref start, 0, ref faults) * 100) + Two(ref start, 2, ref faults);
        int month = Two(ref start, 5, ref faults);
        int day = Two(ref start, 8, ref faults);
        int hour = Two(ref start, 11, ref faults);
        int minute = Two(ref start, 14, ref faults);
        int second = Two(ref start, 17, ref faults);
        bool separated = text[4] == '-' && text[7] == '-' && (text[10] | 0x20) is 't' or ' ' && text[13] == ':' && text[16] == ':';
        return faults >= 0 && separated
            && TryReadFraction(text, Rfc3339Seconds, out int nanosecond, out int position)
            && TryReadOffset(text[position..], out int offset)
            && TryCreate(new WrittenTime(year, month, day, hour, minute, second), nanosecond, offset, out time);
    }

    /// <summary>Reads a UTCTimestamp of FIX 4.4 and later, <c>20261121-15:04:05</c> with up to eighteen decimals or none.</summary>
    /// <param name="text">The text, all of it.</param>
    /// <param name="time">The time, or 1970.</param>
    /// <returns>False as in <see cref="TryParseRfc3339"/>; second 60 is read in the same way.</returns>
    public static bool TryParseFix(ReadOnlySpan<byte> text, out UnixTime time)
    {
        time = default;
        if (text.Length < FixLength)
        {
            return false;
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        int faults = 0;
        int year = (Two(ref start, 0, ref faults) * 100) + Two(ref start, 2, ref faults);
        int month = Two(ref start, 4, ref faults);
        int day = Two(ref start, 6, ref faults);
        int hour = Two(ref start, 9, ref faults);
        int minute = Two(ref start, 12, ref faults);
        int second = Two(ref start, 15, ref faults);
        bool separated = text[8] == '-' && text[11] == ':' && text[14] == ':';
        return faults >= 0 && separated
            && TryReadFraction(text, FixLength, out int nanosecond, out int position) && position == text.Length
            && TryCreate(new WrittenTime(year, month, day, hour, minute, second), nanosecond, 0, out time);
    }

    /// <summary>Two digits. A letter that is none makes <paramref name="faults"/> negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Two(ref byte text, int offset, ref int faults)
    {
        int tens = Unsafe.Add(ref text, offset) - '0';
        int ones = Unsafe.Add(ref text, offset + 1) - '0';
        faults |= tens | ones | (9 - tens) | (9 - ones);
        return (tens * 10) + ones;
    }

    /// <summary>Reads a point and digits, if a point stands here. Nine of them count, those behind must be zeros.</summary>
    private static bool TryReadFraction(ReadOnlySpan<byte> text, int start, out int nanosecond, out int position)
    {
        nanosecond = 0;
        position = start;
        if (start >= text.Length || text[start] != '.')
        {
            return true;
        }

        ReadOnlySpan<byte> digits = text[(start + 1)..];
        if (!Utf8Integer.TryParse(digits, out long value, out int count) || digits[0] == '-' || count > Utf8Digits.SafeDigits)
        {
            return false;
        }

        position = start + 1 + count;
        int places = (int)UnixTimeUnit.Nanoseconds - count;
        long power = Utf8Digits.PowerOfTen(Math.Abs(places));
        (long whole, long lost) = places >= 0 ? (value * power, 0) : Math.DivRem(value, power);
        nanosecond = (int)whole;
        return lost == 0;
    }

    /// <summary>Reads a Z, or hours and minutes with a sign, and nothing else.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return (text[0] | 0x20) == 'z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
        {
            return false;
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        int faults = 0;
        int hours = Two(ref start, 1, ref faults);
        int rest = Two(ref start, 4, ref faults);
        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return faults >= 0 && hours <= 23 && rest <= 59;
    }

    private static bool TryCreate(WrittenTime written, int nanosecond, int offsetMinutes, out UnixTime time)
    {
        time = default;
        if (!written.IsValid)
        {
            return false;
        }

        long seconds = written.SecondsSince1970 - (offsetMinutes * 60);
        if (seconds is < -SecondsReach or >= SecondsReach || (written.Second == 60 && !WrittenTime.BeginsMonth(seconds)))
        {
            return false;
        }

        time = new UnixTime((seconds * NanosecondsPerSecond) + nanosecond);
        return true;
    }
}
