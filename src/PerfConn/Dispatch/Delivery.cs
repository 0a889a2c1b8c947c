using System;

namespace PerfConn.Dispatch;

/// <summary>How ticks reach a subscriber.</summary>
public readonly record struct Delivery
{
    /// <summary>Default capacity of a lane, in ticks.</summary>
    public const int DefaultLaneCapacity = 16 * 1024;

    /// <summary>Default of <see cref="CopyLimit"/>, in bytes: with its header such a tick fills three cache lines.</summary>
    public const int DefaultCopyLimit = 168;

    /// <summary>Largest <see cref="CopyLimit"/>, in bytes.</summary>
    public const int MaxCopyLimit = 4096 - 24;

    private Delivery(int capacity, LanePolicy policy, LaneWait wait)
    {
        IsLane = true;
        LaneCapacity = capacity;
        Policy = policy;
        Wait = wait;
        CopyLimit = DefaultCopyLimit;
        WaitLimit = TimeSpan.FromSeconds(5);
    }

    /// <summary>The handler runs on the receive loop and must not block. The default.</summary>
    public static Delivery Inline => default;

    /// <summary>Whether a lane stands between receive loop and handler.</summary>
    public bool IsLane { get; }

    /// <summary>Most ticks waiting in the lane; 0 for inline delivery and for <see cref="LanePolicy.Conflate"/>, whose bound is the number of streams.</summary>
    public int LaneCapacity { get; }

    /// <summary>What the lane does when the handler is slower than the feed.</summary>
    public LanePolicy Policy { get; }

    /// <summary>Where the lane's handler runs and how it waits.</summary>
    public LaneWait Wait { get; }

    /// <summary>
    /// Largest payload in bytes that is copied into the lane; a larger one is leased where it was received. 0 leases them all: one frame fanned out to many lanes is then
    /// never copied, and each tick pays the counting of references between two threads. Default: 168; at most 4,072. A lane takes
    /// (24 + this, rounded up to 64) bytes for each place.
    /// </summary>
    public int CopyLimit
    {
        get;
        init => field = value is >= 0 and <= MaxCopyLimit
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"CopyLimit must be from 0 to {MaxCopyLimit}.");
    }

    /// <summary>How long <see cref="LanePolicy.Wait"/> lets the receive loop wait for room before it drops a tick. Default: 5 s.</summary>
    public TimeSpan WaitLimit
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "WaitLimit must not be negative.");
    }

    /// <summary>
    /// The handler runs behind a bounded lane. When it is slower than the feed the policy says what happens; by default the oldest ticks are dropped, counted, and
    /// announced by a gap marker before the symbol's next tick.
    /// </summary>
    /// <param name="capacity">Most ticks waiting, at least 1. Default: 16,384. Not used by <see cref="LanePolicy.Conflate"/>.</param>
    /// <param name="policy">What happens to a tick that finds no room.</param>
    /// <param name="wait">Where the handler runs and how it waits. Default: the thread pool.</param>
    public static Delivery Lane(int capacity = DefaultLaneCapacity, LanePolicy policy = LanePolicy.DropOldest, LaneWait wait = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(policy))
        {
            throw new ArgumentOutOfRangeException(nameof(policy), policy, "There is no such lane policy.");
        }

        return new Delivery(policy == LanePolicy.Conflate ? 0 : capacity, policy, wait);
    }

    /// <summary>The handler runs behind a lane that keeps the newest tick of each symbol and channel only; see <see cref="LanePolicy.Conflate"/>.</summary>
    /// <param name="wait">Where the handler runs and how it waits. Default: the thread pool.</param>
    public static Delivery Conflate(LaneWait wait = default) => new(0, LanePolicy.Conflate, wait);
}
