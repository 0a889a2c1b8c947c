using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Dispatch;

/// <summary>
/// A lane from the receive loop to a handler that runs elsewhere: one writer, one reader, each symbol's order kept. This is what all policies share: counters, the reader's life, and
/// how each side wakes the other.
/// </summary>
/// <remarks>
/// <para>A writer looks at a flag after each tick to see whether the reader sleeps. For that to be sure it would need a full fence for each tick, which makes
/// it wait until all it has written has left its store buffer. The reader pays instead, when it goes to sleep: it raises the flag, has
/// the kernel run a barrier on all threads of the process (<see cref="Interlocked.MemoryBarrierProcessWide"/>, 0.6-1 µs here), and looks once more. Either the writer sees the flag, or the
/// reader sees the tick. The end of a lane is settled the same way, with the writer's <see cref="LaneFlags.Busy"/>.</para>
/// </remarks>
internal abstract partial class Lane : Subscriber, ILane
{
    private readonly CancellationTokenRegistration _closing;
    private LaneFlags _flags;

    private protected Lane(in Delivery delivery, CancellationToken closing)
    {
        _wait = delivery.Wait;
        _flags.Parked = 1;
        _closing = closing.UnsafeRegister(static state => ((Lane)state!).Hurry(), this);
    }

    public LaneStatistics Statistics
    {
        get
        {
            // Sent is read last: what has been counted below has been sent, so that nothing waits that never was.
            long delivered = Volatile.Read(ref _flags.Delivered);
            long conflated = Volatile.Read(ref _flags.Conflated);
            long dropped = Volatile.Read(ref _flags.Refused) + DroppedInside;
            return new LaneStatistics(Volatile.Read(ref _flags.Sent), delivered, dropped, conflated);
        }
    }

    /// <summary>Ticks dropped that had been in.</summary>
    private protected virtual long DroppedInside => 0;

    /// <summary>Whether nothing waits.</summary>
    private protected abstract bool IsEmpty { get; }

    private protected bool IsHurried => Volatile.Read(ref _flags.Hurried) != 0;

    private protected ref LaneFlags Flags => ref _flags;

    /// <summary>Makes the lane that a delivery asks for, and starts its reader.</summary>
    public static Lane Start<THandler>(THandler handler, in Delivery delivery, FaultObserver faults, CancellationToken closing = default)
        where THandler : ITickHandler
    {
        Debug.Assert(delivery.IsLane, "inline delivery needs no lane");
        Lane lane = delivery.Policy == LanePolicy.Conflate
            ? new ConflatingLane<THandler>(handler, in delivery, faults, closing)
            : new RingLane<THandler>(handler, in delivery, faults, closing);
        lane.StartReading();
        return lane;
    }

    public sealed override void OnTick(in Tick tick)
    {
        Volatile.Write(ref _flags.Busy, 1);
        if (Volatile.Read(ref _flags.Completed) == 0)
        {
            try
            {
                Write(in tick);
            }
            finally
            {
                Volatile.Write(ref _flags.Busy, 0);
            }
        }
        else
        {
            Volatile.Write(ref _flags.Busy, 0);
        }

        if (Volatile.Read(ref _flags.Parked) != 0)
        {
            Wake();
        }
    }

    public sealed override void OnGap(in Gap gap)
    {
        Volatile.Write(ref _flags.Busy, 1);
        try
        {
            if (Volatile.Read(ref _flags.Completed) == 0)
            {
                Write(in gap);
            }
        }
        finally
        {
            Volatile.Write(ref _flags.Busy, 0);
        }

        if (Volatile.Read(ref _flags.Parked) != 0)
        {
            Wake();
        }
    }

    public void Complete()
    {
        Interlocked.Exchange(ref _flags.Completed, 1);
        WakeWriter();
        Wake();
    }

    public async ValueTask<bool> EndAsync(TimeSpan patience, TimeProvider time)
    {
        Complete();
        long before = -1;
        for (long delivered; (delivered = Volatile.Read(ref _flags.Delivered)) != before; before = delivered)
        {
            await _ended.Task.WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.Task.IsCompleted)
            {
                return true;
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Counts the tick and finds it a place, or drops it by policy.</summary>
    private protected abstract void Write(in Tick tick);

    private protected abstract void Write(in Gap gap);

    /// <summary>Delivers some of what waits.</summary>
    private protected abstract Drained Drain();

    /// <summary>Wakes a writer that waits for room, if any does.</summary>
    private protected virtual void WakeWriter()
    {
    }

    /// <summary>The line is being closed: nobody waits for a slow handler any more.</summary>
    private void Hurry()
    {
        Interlocked.Exchange(ref _flags.Hurried, 1);
        WakeWriter();
    }
}
