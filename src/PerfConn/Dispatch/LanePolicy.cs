namespace PerfConn.Dispatch;

/// <summary>What a lane does with a tick that finds no room, because the handler is slower than the feed.</summary>
/// <remarks>
/// Under every policy each symbol's ticks keep their order, and nothing is lost without a word: a dropped tick is counted and announced by a gap marker, a conflated one is
/// counted and told by <see cref="Tick.Conflated"/>.
/// </remarks>
public enum LanePolicy
{
    /// <summary>
    /// The oldest ticks make room. They go in runs of a 64th of the capacity, at most 256, at least 1, so that writer and reader do not fight for one place. The default.
    /// </summary>
    DropOldest,

    /// <summary>The new tick is dropped; what waits stays.</summary>
    DropNewest,

    /// <summary>
    /// The receive loop waits for room: it reads nothing meanwhile, its socket's window closes, and the venue is held back. It waits no longer than
    /// <see cref="Delivery.WaitLimit"/>; then, and from the moment that the line is being closed, the tick is dropped as by <see cref="DropNewest"/>.
    /// </summary>
    /// <remarks>
    /// Everything else on the line waits with it, pongs included; the heartbeat makes allowance for that. Venues cut consumers that do not keep up. Use it where
    /// the other side is yours, for replays and in tests, and not in <c>ReceiveMode.Async</c> with many lines: the loop blocks the pool's thread that it runs on.
    /// </remarks>
    Wait,

    /// <summary>
    /// Only the newest tick of each symbol and channel waits; an older one that was not delivered yet is replaced. Streams are served in the order in which
    /// they became due, each at most once in the queue, so that a busy symbol cannot starve a quiet one. Bounded by the number of streams, so nothing is dropped.
    /// </summary>
    Conflate,
}
