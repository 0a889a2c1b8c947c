using System;

namespace PerfConn.Simulator.Limits;

/// <summary>An exact rolling window: at most so many events in any span of the given length. Refused events do not count.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RollingWindow(int limit, TimeSpan span, TimeProvider time)
{
    private readonly long[] _times = limit > 0 ? new long[limit] : [];
    private long _count;

    /// <summary>Counts an event. False when it is one too many; then says how long until the next is allowed.</summary>
    /// <remarks>A limit of 0 allows everything.</remarks>
    public bool TryEnter(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_times.Length == 0)
        {
            return true;
        }

        // The slot to be overwritten holds the event that lies a full window's count back.
        long now = time.GetTimestamp();
        ref long oldest = ref _times[_count % _times.Length];
        if (_count >= _times.Length && time.GetElapsedTime(oldest, now) is { } elapsed && elapsed < span)
        {
            wait = span - elapsed;
            return false;
        }

        oldest = now;
        _count++;
        return true;
    }
}
