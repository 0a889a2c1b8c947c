using PerfConn.Dispatch;

namespace PerfConn.Connections;

/// <summary>A snapshot of a line's counters, all since the line was made and across reconnects. Taking one allocates nothing.</summary>
/// <param name="Frames">Data messages received.</param>
/// <param name="Bytes">Bytes of their payloads.</param>
/// <param name="Ticks">Ticks delivered to handlers (or to their lanes).</param>
/// <param name="Others">Messages that were neither tick, reply nor notice; malformed ones are among them.</param>
/// <param name="Unmapped">Ticks whose symbol no longer fitted into the symbol map.</param>
/// <param name="Unrouted">Ticks that nobody was subscribed to.</param>
/// <param name="Gaps">Gap markers delivered, whatever their cause; those of slow consumers are told by the lanes.</param>
/// <param name="HandlerFaults">Exceptions that left a handler.</param>
/// <param name="Pings">Pings answered.</param>
/// <param name="Reconnects">Times that the line was made again.</param>
/// <param name="Rotations">Times that a new connection took over while the old one still delivered.</param>
/// <param name="StreamsWanted">Streams subscribed to.</param>
/// <param name="StreamsConfirmed">Of these, confirmed by the venue on the present connection.</param>
/// <param name="Lane">The counters of the lane in front of the line's own handler, all 0 without one; those of subscriptions are told by each.</param>
public readonly record struct LineStatistics(
    long Frames,
    long Bytes,
    long Ticks,
    long Others,
    long Unmapped,
    long Unrouted,
    long Gaps,
    long HandlerFaults,
    long Pings,
    long Reconnects,
    long Rotations,
    int StreamsWanted,
    int StreamsConfirmed,
    LaneStatistics Lane)
{
    /// <summary>Ticks (or whole messages, where the venue numbers those) that the venue's sequence numbers show to have come before; not delivered again and not among the ticks.</summary>
    public long Duplicates { get; init; }

    /// <summary>Ticks dropped by that lane.</summary>
    public long Dropped => Lane.Dropped;
}
