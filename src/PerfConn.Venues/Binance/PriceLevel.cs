using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>One price of an order book and the quantity that now stands there.</summary>
/// <param name="Price">The price.</param>
/// <param name="Quantity">The new quantity, absolute; zero removes the level.</param>
public readonly record struct PriceLevel(FixedPoint Price, FixedPoint Quantity);
