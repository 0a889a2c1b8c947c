using System;

namespace PerfConn.Dispatch;

/// <summary>Where a lane's handler runs, and how it waits for the next tick when the lane is empty.</summary>
/// <remarks>Measured figures for each stand in this folder's README.</remarks>
public readonly record struct LaneWait
{
    private LaneWait(LaneWaitKind kind, int yieldAfter, TimeSpan? parkAfter)
    {
        Kind = kind;
        YieldAfter = yieldAfter;
        ParkAfter = parkAfter;
    }

    /// <summary>On the thread pool: a lane with nothing to do holds no thread. The default.</summary>
    public static LaneWait Async => default;

    /// <summary>On a thread of the lane's own, which sleeps while there is nothing to do.</summary>
    public static LaneWait Thread => new(LaneWaitKind.Thread, 0, null);

    /// <summary>On a thread of the lane's own that never sleeps: no wake-up is ever paid, one core is spent.</summary>
    public static LaneWait Spin => new(LaneWaitKind.Spin, int.MaxValue, null);

    /// <summary>How the reader runs.</summary>
    public LaneWaitKind Kind { get; }

    /// <summary>Empty looks after which a spinning reader offers its core to others at each further one; <see cref="int.MaxValue"/> for never.</summary>
    public int YieldAfter { get; }

    /// <summary>Time without a tick after which a spinning reader sleeps until the next; null for never.</summary>
    public TimeSpan? ParkAfter { get; }

    /// <summary>As <see cref="Spin"/>, but after some empty looks it offers its core to other threads at each further one.</summary>
    /// <param name="emptyLooks">Looks before the first yield, from 0.</param>
    public static LaneWait SpinThenYield(int emptyLooks = 100)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(emptyLooks);
        return new LaneWait(LaneWaitKind.Spin, emptyLooks, null);
    }

    /// <summary>As <see cref="Spin"/>, but when nothing has come for a time it sleeps until the next tick.</summary>
    /// <param name="idle">How long it spins after the last tick.</param>
    public static LaneWait SpinThenPark(TimeSpan idle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(idle, TimeSpan.Zero);
        return new LaneWait(LaneWaitKind.Spin, int.MaxValue, idle);
    }
}
