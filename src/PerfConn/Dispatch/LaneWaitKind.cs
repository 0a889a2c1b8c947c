namespace PerfConn.Dispatch;

/// <summary>What a lane's reader runs on.</summary>
public enum LaneWaitKind
{
    /// <summary>The thread pool, scheduled when there is something to do.</summary>
    Async,

    /// <summary>A thread of its own that sleeps when there is nothing to do.</summary>
    Thread,

    /// <summary>A thread of its own that looks again and again.</summary>
    Spin,
}
