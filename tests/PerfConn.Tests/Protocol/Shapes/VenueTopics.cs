using System;
using PerfConn.Protocol.Shapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>What venues call their channels.</summary>
internal static class VenueTopics
{
    /// <summary>Channels before the symbol: Bybit and Deribit.</summary>
    internal struct HeadTopics : ITopicNames
    {
        public static int Count => 5;

        public static ReadOnlySpan<byte> NameOf(int index) => index switch
        {
            0 => "orderbook.1."u8,
            1 => "orderbook.50."u8,
            2 => "publicTrade."u8,
            3 => "tickers."u8,
            _ => "quote."u8,
        };
    }

    /// <summary>Channels behind the symbol: Binance.</summary>
    internal struct TailTopics : ITopicNames
    {
        public static int Count => 4;

        public static ReadOnlySpan<byte> NameOf(int index) => index switch
        {
            0 => "@bookTicker"u8,
            1 => "@trade"u8,
            2 => "@depth"u8,
            _ => "@depth@100ms"u8,
        };
    }

    /// <summary>Channels by their whole name: Kraken.</summary>
    internal struct KrakenChannels : ITopicNames
    {
        public static int Count => 3;

        public static ReadOnlySpan<byte> NameOf(int index) => index switch
        {
            0 => "ticker"u8,
            1 => "trade"u8,
            _ => "book"u8,
        };
    }
}
