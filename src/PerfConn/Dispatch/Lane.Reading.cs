using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;

namespace PerfConn.Dispatch;

/// <content>The reader: on the pool, or on a thread of its own.</content>
internal abstract partial class Lane : IThreadPoolWorkItem
{
    /// <summary>Batches after which a reader on the pool goes to the end of the pool's queue: other lanes want its threads too.</summary>
    private const int FairBatches = 256;

    /// <summary>Looks at an empty lane before the reader sleeps.</summary>
    private const int LooksBeforeParking = 64;

    /// <summary>How long a reader rests when it has emptied its lane, in spins of about 40 ns: see <see cref="DrainAndRest"/>.</summary>
    private const int RestSpins = 16;

    private readonly LaneWait _wait;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetEventSlim? _wakeUp;

    /// <summary>The reader on the pool: runs until nothing waits. It is an item of the pool's queue itself, so that a wake-up allocates nothing.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (int batches = 0; batches < FairBatches;)
        {
            if (DrainAndRest())
            {
                batches++;
            }
            else if (TryEnd() || TryPark(LooksBeforeParking))
            {
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void StartReading()
    {
        if (_wait.Kind == LaneWaitKind.Async)
        {
            return;
        }

        _wakeUp = new ManualResetEventSlim(initialState: false, spinCount: 0);
        _flags.Parked = 0;
        var thread = new Thread(_wait.Kind == LaneWaitKind.Thread ? ReadOnThread : ReadSpinning) { IsBackground = true, Name = "perfconn lane" };
        thread.UnsafeStart();
    }

    private void ReadOnThread()
    {
        while (true)
        {
            if (DrainAndRest())
            {
                continue;
            }

            if (TryEnd())
            {
                return;
            }

            if (TryPark(LooksBeforeParking))
            {
                Sleep();
            }
        }
    }

    private void ReadSpinning()
    {
        IdleStrategy idle = _wait.Idle;
        int emptyLooks = 0;
        long idleSince = 0;
        while (true)
        {
            if (DrainAndRest())
            {
                emptyLooks = 0;
                continue;
            }

            if (TryEnd())
            {
                return;
            }

            if (idle.ParkAfter is { } limit)
            {
                if (emptyLooks++ == 0)
                {
                    idleSince = Stopwatch.GetTimestamp();
                }
                else if (Stopwatch.GetElapsedTime(idleSince) >= limit)
                {
                    emptyLooks = 0;
                    if (TryPark(looks: 0))
                    {
                        Sleep();
                    }
                }
            }
            else if (idle.YieldAfter > 0 && ++emptyLooks > idle.YieldAfter)
            {
                emptyLooks = idle.YieldAfter;
                Thread.Yield();
            }

            Thread.SpinWait(1);
        }
    }

    /// <summary>
    /// Declares that the reader stops looking. True when it must: it will be woken, or has been already. False when there is something to do after all.
    /// </summary>
    private bool TryPark(int looks)
    {
        for (; looks > 0; looks--)
        {
            if (HasWork)
            {
                return false;
            }

            Thread.SpinWait(1);
        }

        Volatile.Write(ref _flags.Parked, 1);
        Interlocked.MemoryBarrierProcessWide();

        // Who finds the flag raised and takes it down is the one who wakes; if that is this one itself, nobody else does.
        return !HasWork || Interlocked.Exchange(ref _flags.Parked, 0) == 0;
    }

    /// <summary>
    /// Delivers a batch. After one that left the lane empty the reader looks away for half a microsecond: if it looked again at once it would take from the writer, for each
    /// tick, the very cache lines that the writer is about to write, and both would run at the speed of the lines' travels. A tick that comes after
    /// a pause is not delayed by that.
    /// </summary>
    private bool DrainAndRest()
    {
        Drained drained = Drain();
        if (drained == Drained.All)
        {
            Thread.SpinWait(RestSpins);
        }

        return drained != Drained.Nothing;
    }

    private bool HasWork => !IsEmpty || Volatile.Read(ref _flags.Completed) != 0;

    private void Sleep()
    {
        _wakeUp!.Wait();
        _wakeUp.Reset();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wake()
    {
        if (Interlocked.Exchange(ref _flags.Parked, 0) == 0)
        {
            return;
        }

        if (_wait.Kind == LaneWaitKind.Async)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            _wakeUp!.Set();
        }
    }

    /// <summary>Ends a completed lane: waits for a writer that is still inside, and delivers the rest. False when the lane goes on.</summary>
    private bool TryEnd()
    {
        if (Volatile.Read(ref _flags.Completed) == 0)
        {
            return false;
        }

        // After this a writer either has seen that the lane is completed, or is seen to be inside.
        Interlocked.MemoryBarrierProcessWide();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _flags.Busy) != 0)
        {
            spin.SpinOnce();
        }

        while (Drain() != Drained.Nothing)
        {
        }

        _closing.Unregister();
        _ended.TrySetResult();
        return true;
    }
}
