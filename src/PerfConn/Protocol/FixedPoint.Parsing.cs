using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PerfConn.Protocol;

/// <content>
/// Parsing. Grammar: <c>["-"] digits ["." digits] [("e" | "E") ["+" | "-"] digits]</c>: JSON's numbers, and leading zeros as well.
/// </content>
public readonly partial struct FixedPoint
{
    /// <summary>Exponents beyond this never give a value that fits, unless it is zero.</summary>
    private const int ExponentLimit = 1000;

    /// <summary>Reads a number that takes up all of <paramref name="text"/> (UTF-8).</summary>
    /// <returns>False as in the other overload, and when something follows the number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out FixedPoint value)
    {
        if (TryParse(text, out value, out int consumed) && consumed == text.Length)
        {
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Reads a number at the beginning of <paramref name="text"/> (UTF-8); it ends where the grammar ends. The scale is what stands behind the point,
    /// corrected by an exponent (<c>1.5e-7</c> has scale 8, <c>1.5e3</c> is 1500 with scale 0). Zeros at the end that would make it
    /// overflow are left off; beyond that it is exact or refused.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number, or zero.</param>
    /// <param name="consumed">How many bytes it takes up, or 0.</param>
    /// <returns>False when there is no number, or none that fits a 64-bit mantissa and a scale of 18 exactly.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out FixedPoint value, out int consumed)
    {
        if (TryParseBlock(text, out value, out consumed))
        {
            return true;
        }

        if (Utf8Integer.TryParseBlock(text, out long whole, out consumed) && !IsPoint(text, consumed) && !IsExponent(text, consumed))
        {
            value = new FixedPoint(whole, scale: 0);
            return true;
        }

        return TryParseWords(text, out value, out consumed);
    }

    /// <summary>
    /// The common number: no sign, no exponent, at most sixteen bytes with the point. To be inlined where a message is read, so that nothing is passed
    /// through memory (BinanceProtocolBenchmarks.BookTickerValues).
    /// </summary>
    /// <returns>False for any other number, and for what is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryParseBlock(ReadOnlySpan<byte> text, out FixedPoint value, out int consumed)
    {
        if (Vector128.IsHardwareAccelerated)
        {
            var block = new Utf8Block(text);
            int point = BitOperations.TrailingZeroCount(block.Stops);
            int end = BitOperations.TrailingZeroCount(block.Stops & (block.Stops - 1));
            int places = end - point - 1;

            // Digits on both sides of the point, and an end within the block (there is none at 32), so the point is within the text.
            if (point > 0 && (uint)(places - 1) < Utf8Block.Count - 2 && Unsafe.Add(ref MemoryMarshal.GetReference(text), point) == '.'
                && !IsExponent(text, end))
            {
                value = new FixedPoint(block.Mantissa(point, end), places);
                consumed = end;
                return true;
            }
        }

        value = default;
        consumed = 0;
        return false;
    }

    /// <summary>Eight digits at a time: signs, up to eighteen digits, and processors without vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TryParseWords(ReadOnlySpan<byte> text, out FixedPoint value, out int consumed)
    {
        int position = !text.IsEmpty && text[0] == '-' ? 1 : 0;
        bool negative = position != 0;
        long mantissa = 0;
        int whole = Utf8Digits.Read(text, position, ref mantissa);
        int digits = whole;
        position += whole;
        if (IsPoint(text, position))
        {
            int fraction = Utf8Digits.Read(text, position + 1, ref mantissa);
            digits += fraction;
            position += fraction + 1;
            if (fraction == 0)
            {
                return Fail(out value, out consumed);
            }
        }

        if (whole == 0 || digits > Utf8Digits.SafeDigits || IsExponent(text, position))
        {
            return TryParseUncommon(text, out value, out consumed);
        }

        consumed = position;
        value = new FixedPoint(negative ? -mantissa : mantissa, digits - whole);
        return true;
    }

    private static bool Fail(out FixedPoint value, out int consumed)
    {
        value = default;
        consumed = 0;
        return false;
    }

    /// <summary>Exponents and more than 18 digits, digit by digit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseUncommon(ReadOnlySpan<byte> text, out FixedPoint value, out int consumed)
    {
        bool negative = !text.IsEmpty && text[0] == '-';
        int position = negative ? 1 : 0;
        int start = position;

        // Trailing zeros are held back, so that they overflow nothing unless another digit follows them.
        ulong mantissa = 0;
        long scale = 0;
        long zeros = 0;
        bool point = false;
        for (; position < text.Length; position++)
        {
            int digit = text[position] - '0';
            if (digit == '.' - '0' && !point && position > start && position + 1 < text.Length && IsDigit(text[position + 1]))
            {
                point = true;
                continue;
            }

            if ((uint)digit > 9)
            {
                break;
            }

            scale += point ? 1 : 0;
            zeros++;
            if (digit != 0)
            {
                if (!TryAppend(ref mantissa, zeros, digit))
                {
                    return Fail(out value, out consumed);
                }

                zeros = 0;
            }
        }

        if (position == start || !TryReadExponent(text, ref position, out int exponent))
        {
            return Fail(out value, out consumed);
        }

        consumed = position;
        if (TryMake(mantissa, scale - exponent, zeros, negative, out value))
        {
            return true;
        }

        consumed = 0;
        return false;
    }

    private static bool IsPoint(ReadOnlySpan<byte> text, int position) => (uint)position < (uint)text.Length && text[position] == '.';

    private static bool IsExponent(ReadOnlySpan<byte> text, int position) => (uint)position < (uint)text.Length && (text[position] | 0x20) == 'e';

    private static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    /// <summary>Appends <paramref name="places"/> - 1 zeros and a digit.</summary>
    private static bool TryAppend(ref ulong mantissa, long places, int digit)
    {
        for (; places > 0; places--)
        {
            if (mantissa > long.MaxValue / 10)
            {
                return false;
            }

            mantissa *= 10;
        }

        // Two above the longest long at most; the sign, which decides, is looked at when the number is made.
        mantissa += (ulong)digit;
        return true;
    }

    /// <summary>Reads an exponent if one follows.</summary>
    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int position, out int exponent)
    {
        exponent = 0;
        if (position >= text.Length || (text[position] | 0x20) != 'e')
        {
            return true;
        }

        position++;
        bool negative = position < text.Length && text[position] == '-';
        if (position < text.Length && (negative || text[position] == '+'))
        {
            position++;
        }

        int start = position;
        for (; position < text.Length && IsDigit(text[position]); position++)
        {
            exponent = Math.Min((exponent * 10) + (text[position] - '0'), ExponentLimit);
        }

        exponent = negative ? -exponent : exponent;
        return position > start;
    }

    /// <summary>Brings mantissa (with <paramref name="zeros"/> zeros held back) and scale into range, exactly or not at all.</summary>
    private static bool TryMake(ulong mantissa, long scale, long zeros, bool negative, out FixedPoint value)
    {
        value = default;
        if (mantissa == 0)
        {
            value = new FixedPoint(0, (int)Math.Clamp(scale, 0, MaxScale));
            return true;
        }

        // Give back the zeros that the scale as written asks for, while they fit.
        scale -= zeros;
        long written = Math.Clamp(scale + zeros, 0, MaxScale);
        ulong limit = negative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        while (scale < written && mantissa <= limit / 10)
        {
            mantissa *= 10;
            scale++;
        }

        if (scale is < 0 or > MaxScale || mantissa > limit)
        {
            return false;
        }

        value = new FixedPoint(negative ? unchecked(-(long)mantissa) : (long)mantissa, (int)scale);
        return true;
    }
}
