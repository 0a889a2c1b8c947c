using PerfConn.Transport;

namespace PerfConn.Dispatch;

/// <summary>Where a lane's handler runs, and how it waits for the next tick when the lane is empty.</summary>
/// <remarks>What each costs and gains is measured in this folder's README.</remarks>
public readonly record struct LaneWait
{
    private LaneWait(LaneWaitKind kind, IdleStrategy idle)
    {
        Kind = kind;
        Idle = idle;
    }

    /// <summary>On the thread pool: a lane with nothing to do holds no thread. The default.</summary>
    public static LaneWait Async => default;

    /// <summary>On a thread of the lane's own, which sleeps while there is nothing to do.</summary>
    public static LaneWait Thread => new(LaneWaitKind.Thread, default);

    /// <summary>What the reader runs on.</summary>
    public LaneWaitKind Kind { get; }

    /// <summary>What a spinning reader does while nothing comes.</summary>
    public IdleStrategy Idle { get; }

    /// <summary>On a thread of the lane's own, which looks again and again: no wake-up is paid, and a core is spent.</summary>
    /// <param name="idle">What it does while nothing comes. Default: it looks without a pause.</param>
    public static LaneWait Spin(IdleStrategy idle = default) => new(LaneWaitKind.Spin, idle);
}
