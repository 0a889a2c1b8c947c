using System.Globalization;
using System.Runtime.CompilerServices;

namespace PerfConn.Diagnostics;

/// <summary>The words for an option that is wrong, written only when it is: every connect checks a dozen that are right.</summary>
[InterpolatedStringHandler]
internal ref struct OptionsError
{
    private DefaultInterpolatedStringHandler _text;

    /// <param name="literalLength">Characters outside of holes.</param>
    /// <param name="formattedCount">Holes.</param>
    /// <param name="isGood">Whether nothing is wrong.</param>
    /// <param name="isWritten">Whether the words are wanted.</param>
    public OptionsError(int literalLength, int formattedCount, bool isGood, out bool isWritten)
    {
        isWritten = !isGood;
        _text = isWritten ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
