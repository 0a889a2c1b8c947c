using System;
using System.Diagnostics;
using System.Text;

namespace PerfConn.Protocol;

/// <content>Formatting: all digits of the scale, no group separators, no culture.</content>
public readonly partial struct FixedPoint
{
    /// <summary>Longest text in bytes: a sign, 19 digits and a point.</summary>
    public const int MaxTextLength = 21;

    /// <summary>Writes the number as UTF-8. Allocates nothing.</summary>
    /// <returns>False when it does not fit; <see cref="MaxTextLength"/> bytes always do.</returns>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        int start = Write(text);
        bytesWritten = 0;
        if (!text[start..].TryCopyTo(destination))
        {
            return false;
        }

        bytesWritten = text.Length - start;
        return true;
    }

    /// <summary>The number as written, whatever the culture: all digits of the scale, trailing zeros included. Allocates.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[Write(text)..]);
    }

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(utf8Destination, out bytesWritten);

    /// <summary>Writes from the end of <paramref name="text"/> backwards.</summary>
    /// <returns>Where it begins.</returns>
    private int Write(Span<byte> text)
    {
        Debug.Assert(text.Length >= MaxTextLength, "the longest number fits");
        ulong rest = _mantissa < 0 ? unchecked((ulong)-_mantissa) : (ulong)_mantissa;
        int position = text.Length;
        int written = 0;
        do
        {
            (rest, ulong digit) = Math.DivRem(rest, 10);
            text[--position] = (byte)('0' + digit);
            if (++written == _scale)
            {
                text[--position] = (byte)'.';
            }
        }
        while (rest != 0 || written <= _scale);

        if (_mantissa < 0)
        {
            text[--position] = (byte)'-';
        }

        return position;
    }
}
