using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>The channels of a Binance symbol, as ticks carry them.</summary>
public static class BinanceChannels
{
    /// <summary>Best bid and offer, <c>&lt;symbol&gt;@bookTicker</c>; read with <see cref="Binance.BookTicker"/>.</summary>
    public static TickChannel BookTicker => new(0);

    /// <summary>Trades, <c>&lt;symbol&gt;@trade</c>; read with <see cref="Binance.Trade"/>.</summary>
    public static TickChannel Trade => new(1);

    /// <summary>Order book deltas, <c>&lt;symbol&gt;@depth</c> (each second) or <c>@depth@100ms</c>; read with <see cref="DepthUpdate"/>.</summary>
    public static TickChannel Depth => new(2);
}
