namespace PerfConn.Simulator;

/// <summary>How far one stream has got on one connection: what a client should have received.</summary>
/// <remarks>
/// A sequence is the number that the venue's payload carries: <c>u</c> of a book ticker or depth update, <c>t</c> of a trade. A tick counts once it stands
/// in the send buffer; after a cut, the last ones may never have arrived.
/// </remarks>
public sealed record StreamPosition
{
    /// <summary>Number of the connection, from 1 in the order in which the connections opened.</summary>
    public required long Connection { get; init; }

    /// <summary>Name of the stream as it was subscribed to, <c>btcusdt@trade</c>.</summary>
    public required string Stream { get; init; }

    /// <summary>Symbol as the payload carries it, <c>BTCUSDT</c>.</summary>
    public required string Symbol { get; init; }

    /// <summary>Sequence of the first tick since it was subscribed to; 0 when there was none.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Sequence of the last tick; 0 when there was none.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Ticks from the first to the last.</summary>
    public required long Ticks { get; init; }
}
