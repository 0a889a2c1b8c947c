using System;
using PerfConn.Protocol.Shapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Where venues have the fields of their messages.</summary>
internal static class VenueShapes
{
    /// <summary>Kraken v2: <c>{"channel":"ticker","type":"update","data":[items]}</c>.</summary>
    internal struct KrakenEnvelope : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => default;

        public static ReadOnlySpan<byte> Channel => "channel"u8;

        public static ReadOnlySpan<byte> Payload => "data"u8;
    }

    /// <summary>An item that has its symbol in a field of its own: Kraken.</summary>
    internal struct SymbolItem : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "symbol"u8;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => default;
    }

    /// <summary>Binance's items, <c>s</c>.</summary>
    internal struct SItem : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "s"u8;

        public static ReadOnlySpan<byte> Channel => "e"u8;

        public static ReadOnlySpan<byte> Payload => default;
    }

    /// <summary>Coinbase Exchange: <c>{"type":"ticker","sequence":1,"product_id":"BTC-USD",...}</c>.</summary>
    internal struct CoinbaseShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "product_id"u8;

        public static ReadOnlySpan<byte> Channel => "type"u8;

        public static ReadOnlySpan<byte> Payload => default;
    }

    /// <summary>Deriv: <c>{"echo_req":{...},"msg_type":"tick",...,"tick":{...,"symbol":"R_100"}}</c>.</summary>
    internal struct DerivShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "tick/symbol"u8;

        public static ReadOnlySpan<byte> Channel => "msg_type"u8;

        public static ReadOnlySpan<byte> Payload => "tick"u8;
    }

    /// <summary>Bybit: <c>{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1,"data":{...}}</c>.</summary>
    internal struct BybitShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "topic"u8;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => "data"u8;
    }

    /// <summary>OKX: <c>{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[...]}</c>.</summary>
    internal struct OkxShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "arg/instId"u8;

        public static ReadOnlySpan<byte> Channel => "arg/channel"u8;

        public static ReadOnlySpan<byte> Payload => "data"u8;
    }

    /// <summary>Deribit: <c>{"jsonrpc":"2.0","method":"subscription","params":{"channel":"quote.BTC-PERPETUAL","data":{...}}}</c>.</summary>
    internal struct DeribitShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "params/channel"u8;

        public static ReadOnlySpan<byte> Channel => "method"u8;

        public static ReadOnlySpan<byte> Payload => "params/data"u8;
    }

    /// <summary>A symbol that is a number, last in its object.</summary>
    internal struct NumberShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "o/id"u8;

        public static ReadOnlySpan<byte> Channel => "mode"u8;

        public static ReadOnlySpan<byte> Payload => "o"u8;
    }

    /// <summary>Coinbase Advanced, outermost.</summary>
    internal struct CoinbaseAdvancedEnvelope : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => default;

        public static ReadOnlySpan<byte> Channel => "channel"u8;

        public static ReadOnlySpan<byte> Payload => "events"u8;
    }

    /// <summary>One of its events.</summary>
    internal struct CoinbaseAdvancedEvent : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => default;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => "tickers"u8;
    }

    /// <summary>One of an event's tickers.</summary>
    internal struct ProductItem : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "product_id"u8;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => default;
    }
}
