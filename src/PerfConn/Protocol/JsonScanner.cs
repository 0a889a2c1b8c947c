using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Protocol;

/// <summary>
/// Finds where JSON values end (RFC 8259). Positions are indices into the text; -1 stands for "malformed".
/// </summary>
/// <remarks>
/// Allocates nothing, never throws, never recurses. Strings are left with a vectorised search. Of a nested object or array only strings and the pairing of
/// brackets are looked at: enough to know where it ends, and its own fields are checked when they are read.
/// </remarks>
internal static partial class JsonScanner
{
    /// <summary>Deepest nesting: one bit for each level tells braces from brackets.</summary>
    public const int MaxDepth = 64;

    /// <summary>What can end a string or must not stand in one: a quote, a backslash and the control characters.</summary>
    private static readonly SearchValues<byte> s_stringEnds = SearchValues.Create(
        [.. "\"\\"u8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    /// <summary>The first position from <paramref name="position"/> on that is not white space; the end of the text if all is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipWhitespace(ReadOnlySpan<byte> text, int position)
    {
        while ((uint)position < (uint)text.Length && text[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    /// <summary>Position after the value that begins at <paramref name="position"/>, and its kind.</summary>
    public static int SkipValue(ReadOnlySpan<byte> text, int position, out JsonKind kind)
    {
        kind = JsonKind.None;
        if ((uint)position >= (uint)text.Length)
        {
            return -1;
        }

        int end;
        switch (text[position])
        {
            case (byte)'"':
                kind = JsonKind.String;
                end = SkipString(text, position);
                break;
            case (byte)'{':
                kind = JsonKind.Object;
                end = SkipNested(text, position);
                break;
            case (byte)'[':
                kind = JsonKind.Array;
                end = SkipNested(text, position);
                break;
            case (byte)'t':
                kind = JsonKind.Boolean;
                end = SkipWord(text, position, "true"u8);
                break;
            case (byte)'f':
                kind = JsonKind.Boolean;
                end = SkipWord(text, position, "false"u8);
                break;
            case (byte)'n':
                kind = JsonKind.Null;
                end = SkipWord(text, position, "null"u8);
                break;
            default:
                kind = JsonKind.Number;
                end = SkipNumber(text, position);
                break;
        }

        kind = end < 0 ? JsonKind.None : kind;
        return end;
    }

    /// <summary>Position after the closing quote of the string whose opening quote stands at <paramref name="position"/>.</summary>
    public static int SkipString(ReadOnlySpan<byte> text, int position)
    {
        Debug.Assert(text[position] == '"', "a string begins with a quote");
        return SkipStringRest(text, position + 1);
    }

    /// <summary>The same from inside the string.</summary>
    private static int SkipStringRest(ReadOnlySpan<byte> text, int position)
    {
        while (true)
        {
            int offset = text[position..].IndexOfAny(s_stringEnds);
            if (offset < 0)
            {
                return -1;
            }

            position += offset;
            if (text[position] == '"')
            {
                return position + 1;
            }

            position = text[position] == '\\' ? SkipEscape(text, position) : -1;
            if (position < 0)
            {
                return -1;
            }
        }
    }

    private static int SkipEscape(ReadOnlySpan<byte> text, int position)
    {
        if (position + 1 >= text.Length)
        {
            return -1;
        }

        switch (text[position + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return position + 2;
            case (byte)'u' when position + 6 <= text.Length:
                foreach (byte digit in text.Slice(position + 2, 4))
                {
                    if (!char.IsAsciiHexDigit((char)digit))
                    {
                        return -1;
                    }
                }

                return position + 6;
            default:
                return -1;
        }
    }

    private static int SkipWord(ReadOnlySpan<byte> text, int position, ReadOnlySpan<byte> word) =>
        text[position..].StartsWith(word) ? position + word.Length : -1;

    /// <summary>number = [ "-" ] ( "0" / digit1-9 *digit ) [ "." 1*digit ] [ ( "e" / "E" ) [ "+" / "-" ] 1*digit ].</summary>
    private static int SkipNumber(ReadOnlySpan<byte> text, int position)
    {
        if (text[position] == '-')
        {
            position++;
        }

        bool zero = position < text.Length && text[position] == '0';
        int end = SkipDigits(text, position);
        if (end == position || (zero && end > position + 1))
        {
            return -1;
        }

        if (end < text.Length && text[end] == '.')
        {
            position = end + 1;
            end = SkipDigits(text, position);
            if (end == position)
            {
                return -1;
            }
        }

        if (end < text.Length && (text[end] | 0x20) == 'e')
        {
            position = end + 1;
            if (position < text.Length && text[position] is (byte)'+' or (byte)'-')
            {
                position++;
            }

            end = SkipDigits(text, position);
            return end == position ? -1 : end;
        }

        return end;
    }

    private static int SkipDigits(ReadOnlySpan<byte> text, int position)
    {
        while ((uint)position < (uint)text.Length && (uint)(text[position] - '0') <= 9)
        {
            position++;
        }

        return position;
    }
}
