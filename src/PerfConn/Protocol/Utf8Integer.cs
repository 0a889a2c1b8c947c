using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PerfConn.Protocol;

/// <summary>Whole numbers in UTF-8 text: ids, sequence numbers, times.</summary>
/// <remarks>Thread-safe. Allocates nothing, knows no culture, never throws.</remarks>
public static class Utf8Integer
{
    /// <summary>Reads a whole number that takes up all of <paramref name="text"/>: an optional minus sign and digits, nothing else.</summary>
    /// <returns>False when it is empty, is not such a number, or does not fit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        TryParse(text, out value, out int consumed) && consumed == text.Length;

    /// <summary>Reads a whole number at the beginning of <paramref name="text"/>; it ends where its digits end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number, or 0.</param>
    /// <param name="consumed">How many bytes it takes up, or 0.</param>
    /// <returns>False when there is none, or when it does not fit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value, out int consumed)
    {
        return TryParseBlock(text, out value, out consumed) || TryParseWords(text, out value, out consumed);
    }

    /// <summary>The common number: no sign, at most fifteen digits. To be inlined, as <see cref="FixedPoint.TryParseBlock"/>.</summary>
    /// <returns>False for any other number, and for what is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryParseBlock(ReadOnlySpan<byte> text, out long value, out int consumed)
    {
        if (Vector128.IsHardwareAccelerated)
        {
            var block = new Utf8Block(text);
            consumed = BitOperations.TrailingZeroCount(block.Stops);
            if (consumed is > 0 and < Utf8Block.Count)
            {
                value = block.Integer(consumed);
                return true;
            }
        }

        value = 0;
        consumed = 0;
        return false;
    }

    /// <summary>Eight digits at a time: signs, up to eighteen digits, and processors without vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TryParseWords(ReadOnlySpan<byte> text, out long value, out int consumed)
    {
        int start = !text.IsEmpty && text[0] == '-' ? 1 : 0;
        long magnitude = 0;
        int digits = Utf8Digits.Read(text, start, ref magnitude);
        consumed = start + digits;
        if (digits > Utf8Digits.SafeDigits)
        {
            return TryParseLong(text[..consumed], out value, ref consumed);
        }

        value = start == 0 ? magnitude : -magnitude;
        if (digits == 0)
        {
            consumed = 0;
        }

        return digits != 0;
    }

    /// <summary>More than 18 digits: one by one, with a test for each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseLong(ReadOnlySpan<byte> text, out long value, ref int consumed)
    {
        bool negative = text[0] == '-';
        ulong limit = negative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        ulong magnitude = 0;
        foreach (byte digit in negative ? text[1..] : text)
        {
            uint next = (uint)(digit - '0');
            if (magnitude > (limit - next) / 10)
            {
                value = 0;
                consumed = 0;
                return false;
            }

            magnitude = (magnitude * 10) + next;
        }

        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return true;
    }
}
