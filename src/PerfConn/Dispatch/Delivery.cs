using System;

namespace PerfConn.Dispatch;

/// <summary>How ticks reach a subscriber.</summary>
public readonly record struct Delivery
{
    /// <summary>Default capacity of a lane, in ticks.</summary>
    public const int DefaultLaneCapacity = 16 * 1024;

    private Delivery(int laneCapacity) => LaneCapacity = laneCapacity;

    /// <summary>The handler runs on the receive loop and must not block. The default.</summary>
    public static Delivery Inline => default;

    /// <summary>Capacity of the lane in ticks; 0 for inline delivery.</summary>
    public int LaneCapacity { get; }

    /// <summary>
    /// The handler runs on its own task, fed by a bounded lane. When it is slower than the feed the oldest ticks are dropped, counted, and
    /// announced by a gap marker before the symbol's next tick.
    /// </summary>
    /// <param name="capacity">Most ticks waiting, at least 1. Default: 16,384.</param>
    public static Delivery Lane(int capacity = DefaultLaneCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new Delivery(capacity);
    }
}
