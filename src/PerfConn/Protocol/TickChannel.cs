namespace PerfConn.Protocol;

/// <summary>
/// Which of a symbol's streams a tick belongs to (best bid and offer, trades, order book deltas, ...), as a small number that the
/// venue's protocol assigns. Together with the symbol id it names the subscription that a tick is delivered to.
/// </summary>
/// <param name="Value">0 to <see cref="Limit"/> - 1.</param>
public readonly record struct TickChannel(byte Value)
{
    /// <summary>Channels that a protocol may define: 16, so that a route table row is one cache line of references.</summary>
    public const int Limit = 16;
}
