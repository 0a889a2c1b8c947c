using System;

namespace PerfConn.Protocol;

/// <summary>Truth values in UTF-8 text, in the three ways in which venues write them. Each takes all of the text, in exactly this case.</summary>
/// <remarks>Thread-safe. Allocates nothing, never throws.</remarks>
public static class Utf8Boolean
{
    /// <summary>JSON: <c>true</c> or <c>false</c>.</summary>
    /// <returns>False when it is neither.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("true"u8);
        return value || text.SequenceEqual("false"u8);
    }

    /// <summary>A digit: <c>1</c> or <c>0</c>, as Deriv has it.</summary>
    /// <returns>False when it is neither.</returns>
    public static bool TryParseDigit(ReadOnlySpan<byte> text, out bool value) => TryParseLetter(text, '1', '0', out value);

    /// <summary>FIX: <c>Y</c> or <c>N</c>.</summary>
    /// <returns>False when it is neither.</returns>
    public static bool TryParseFix(ReadOnlySpan<byte> text, out bool value) => TryParseLetter(text, 'Y', 'N', out value);

    private static bool TryParseLetter(ReadOnlySpan<byte> text, char yes, char no, out bool value)
    {
        int letter = text.Length == 1 ? text[0] : -1;
        value = letter == yes;
        return value || letter == no;
    }
}
