using System;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Stream names, <c>&lt;symbol&gt;@&lt;type&gt;</c>: as a user writes them (checked strictly, because they go into a request) and as the venue sends them
/// back (only split).
/// </summary>
internal static class BinanceStreamName
{
    /// <summary>Longest symbol that a user may write; the longest spot symbol has 14 letters.</summary>
    public const int MaxSymbolLength = 20;

    private const string Supported = "<symbol>@bookTicker, <symbol>@trade, <symbol>@depth and <symbol>@depth@100ms";

    /// <summary>Splits what a user wrote; <paramref name="error"/> is one line.</summary>
    public static bool TryParse(string stream, out string symbol, out TickChannel channel, out string error)
    {
        bool isStream = IsStream(stream, out int at, out channel, out error);
        symbol = isStream ? stream[..at] : string.Empty;
        return isStream;
    }

    /// <summary>Likewise, without a string for the symbol: it ends at <paramref name="at"/>. Allocates nothing for a name that is one.</summary>
    public static bool IsStream(string stream, out int at, out TickChannel channel, out string error)
    {
        ArgumentNullException.ThrowIfNull(stream);
        channel = default;
        at = stream.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            error = $"Binance stream {Quote(stream)} has no '@'; supported are {Supported}.";
            return false;
        }

        if (!IsSymbol(stream.AsSpan(0, at)))
        {
            error = $"Binance stream {Quote(stream)}: a symbol is 1 to 20 letters, digits, '_' or '-'.";
            return false;
        }

        if (!TryParseType(stream.AsSpan(at + 1), out channel))
        {
            error = $"Binance stream {Quote(stream)} is of a type that is not supported; supported are {Supported}.";
            return false;
        }

        error = string.Empty;
        return true;
    }

    /// <summary>Splits what the venue sent. The symbol may be anything without an '@'.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> stream, out ReadOnlySpan<byte> symbol, out TickChannel channel)
    {
        channel = default;
        symbol = default;
        int at = stream.IndexOf((byte)'@');
        if (at <= 0)
        {
            return false;
        }

        symbol = stream[..at];
        ReadOnlySpan<byte> type = stream[(at + 1)..];
        if (type.SequenceEqual("bookTicker"u8))
        {
            channel = BinanceChannels.BookTicker;
            return true;
        }

        if (type.SequenceEqual("trade"u8))
        {
            channel = BinanceChannels.Trade;
            return true;
        }

        channel = BinanceChannels.Depth;
        return type.SequenceEqual("depth"u8) || type.SequenceEqual("depth@100ms"u8);
    }

    private static bool TryParseType(ReadOnlySpan<char> type, out TickChannel channel)
    {
        switch (type)
        {
            case "bookTicker":
                channel = BinanceChannels.BookTicker;
                return true;
            case "trade":
                channel = BinanceChannels.Trade;
                return true;
            case "depth" or "depth@100ms":
                channel = BinanceChannels.Depth;
                return true;
            default:
                channel = default;
                return false;
        }
    }

    private static bool IsSymbol(ReadOnlySpan<char> symbol)
    {
        if (symbol.Length is 0 or > MaxSymbolLength)
        {
            return false;
        }

        foreach (char c in symbol)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name as it may stand in a one-line message: cut to 64 characters, '?' for what is not printable ASCII.</summary>
    private static string Quote(string stream) =>
        string.Create(Math.Min(stream.Length, 64) + 2, stream, static (target, text) =>
        {
            target[0] = target[^1] = '\'';
            for (int i = 1; i < target.Length - 1; i++)
            {
                target[i] = text[i - 1] is >= ' ' and <= '~' ? text[i - 1] : '?';
            }
        });
}
