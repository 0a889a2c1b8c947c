using System;
using System.Threading;

namespace PerfConn.Dispatch;

/// <content>A writer that waits for room.</content>
internal sealed partial class RingLane<THandler>
{
    /// <summary>How often a sleeping writer looks by itself: at the clock, and whether a slow handler has made a little room.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(20);

    private readonly ManualResetEventSlim? _room;
    private readonly TimeSpan _waitLimit;

    private protected override void WakeWriter() => _room?.Set();

    /// <summary>
    /// Waits until there is room; false when there will be none, or none in time. It is woken when the lane is half empty, so that it does not come
    /// back for one place at a time.
    /// </summary>
    private bool WaitForRoom()
    {
        if (_room is null)
        {
            return false;
        }

        var spin = default(SpinWait);
        while (!spin.NextSpinWillYield)
        {
            spin.SpinOnce();
            if (_ring.HasRoom())
            {
                return true;
            }
        }

        long start = _faults.Time.GetTimestamp();
        try
        {
            while (true)
            {
                _room.Reset();
                Volatile.Write(ref Flags.WriterParked, 1);

                // The reader looks at the flag after a compare-and-swap, which is its fence; this is the writer's.
                Interlocked.MemoryBarrier();
                if (_ring.HasRoom())
                {
                    return true;
                }

                if (IsHurried || Volatile.Read(ref Flags.Completed) != 0 || _faults.Time.GetElapsedTime(start) >= _waitLimit)
                {
                    return false;
                }

                _room.Wait(s_slice);
            }
        }
        finally
        {
            Volatile.Write(ref Flags.WriterParked, 0);
        }
    }
}
