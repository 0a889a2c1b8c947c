using System;
using System.Threading;

namespace PerfConn.Tool.Running;

/// <summary>
/// Turns receive timestamps, which are monotonic, into wall time: by an anchor, the two clocks read together, that is taken again about every
/// second, because wall time is steered and the other is not. A tick pays one addition.
/// </summary>
internal sealed class WallClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int Attempts = 5;

    private readonly TimeProvider _time;
    private readonly long _frequency;
    private long _offset;

    public WallClock(TimeProvider time)
    {
        _time = time;
        _frequency = time.TimestampFrequency;
        Refresh();
    }

    /// <summary>Takes the anchor again. Off the tick path, by any thread.</summary>
    public void Refresh()
    {
        // The attempt with the least time between its two timestamps was not interrupted.
        long best = long.MaxValue;
        long offset = 0;
        for (int i = 0; i < Attempts; i++)
        {
            long before = _time.GetTimestamp();
            DateTimeOffset now = _time.GetUtcNow();
            long after = _time.GetTimestamp();
            if (after - before < best)
            {
                best = after - before;
                offset = ((now - DateTimeOffset.UnixEpoch).Ticks * 100) - ToNanoseconds(before + (best / 2));
            }
        }

        Volatile.Write(ref _offset, offset);
    }

    /// <summary>Nanoseconds since 1970 at a timestamp.</summary>
    public long ToUnixNanoseconds(long timestamp) => ToNanoseconds(timestamp) + Volatile.Read(ref _offset);

    private long ToNanoseconds(long timestamp) =>
        _frequency == NanosecondsPerSecond ? timestamp : (long)((Int128)timestamp * NanosecondsPerSecond / _frequency);
}
