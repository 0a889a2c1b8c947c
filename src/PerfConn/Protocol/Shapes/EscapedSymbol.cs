using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// A symbol written with JSON escapes: <c>BTC\/USD</c> and <c>BTC\u002fUSD</c> are <c>BTC/USD</c> (RFC 8259 section 7), and must not become symbols of their own.
/// </summary>
public static class EscapedSymbol
{
    /// <summary>Longest symbol as written, 6 bytes for each character of the longest that a symbol map takes.</summary>
    private const int MaxLength = 64 * 6;

    /// <summary>Pours a tick by the symbol's true spelling; what cannot be a symbol (an escape that is none, too long) as "other". Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Pour<TSink>(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        Span<byte> plain = stackalloc byte[MaxLength];
        if (TryDecode(symbol, plain, out int length) && length > 0)
        {
            // Valid during the call, as all spans given to a sink are; which the compiler cannot know.
            sink.OnTick(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetReference(plain), length), channel, payload);
        }
        else
        {
            sink.OnOther(payload);
        }
    }

    /// <summary>Takes the escapes out.</summary>
    /// <param name="text">The content of a JSON string.</param>
    /// <param name="target">Where to write; as long as <paramref name="text"/> is enough.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False when an escape is none or half a surrogate pair, or the target is too short.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> target, out int length)
    {
        length = 0;
        while (!text.IsEmpty)
        {
            int plain = text.IndexOf((byte)'\\');
            plain = plain < 0 ? text.Length : plain;
            if (!text[..plain].TryCopyTo(target[length..]))
            {
                return false;
            }

            length += plain;
            text = text[plain..];
            if (text.IsEmpty)
            {
                break;
            }

            if (!TryReadEscape(text, out Rune rune, out int consumed) || !rune.TryEncodeToUtf8(target[length..], out int written))
            {
                return false;
            }

            length += written;
            text = text[consumed..];
        }

        return true;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> text, out Rune rune, out int consumed)
    {
        rune = default;
        consumed = 2;
        int letter = text.Length < 2 ? -1 : "\"\\/bfnrt"u8.IndexOf(text[1]);
        if (letter >= 0)
        {
            rune = new Rune("\"\\/\b\f\n\r\t"[letter]);
            return true;
        }

        if (!TryReadUnit(text, out char unit))
        {
            return false;
        }

        // Beyond the basic plane a character is written as two.
        consumed = char.IsHighSurrogate(unit) ? 12 : 6;
        return consumed == 6 ? Rune.TryCreate(unit, out rune) : TryReadUnit(text[6..], out char low) && Rune.TryCreate(unit, low, out rune);
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> text, out char unit)
    {
        ushort value = 0;
        bool read = text.Length >= 6
            && text.StartsWith("\\u"u8)
            && ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        unit = (char)value;
        return read;
    }
}
