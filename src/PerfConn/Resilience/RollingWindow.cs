using System;
using System.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>
/// An exact rolling window: at most <c>limit</c> events in any stretch of <c>window</c>. A token bucket would let a burst and its refill
/// share one window, which venues answer with a disconnect. Pure: no clock and no thread of its own.
/// </summary>
/// <remarks>Not thread-safe; the owner locks. All times are in the same monotonic ticks, and never run backwards.</remarks>
public sealed class RollingWindow
{
    private readonly int _limit;
    private readonly long _window;

    /// <summary>Made with the first event.</summary>
    private long[]? _times;
    private int _next;
    private int _count;

    /// <summary>Makes a window.</summary>
    /// <param name="limit">Most events in a window, at least 1.</param>
    /// <param name="window">Length of the window in ticks, at least 1.</param>
    public RollingWindow(int limit, long window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _limit = limit;
        _window = window;
    }

    /// <summary>How long to wait before one more event may happen; 0 when it may happen now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="reserve">Places that are kept free for more urgent events.</param>
    public long DelayUntilFree(long now, int reserve = 0)
    {
        Debug.Assert(reserve >= 0 && reserve < _limit, "a reserve leaves at least one place");
        int usable = _limit - reserve;
        if (_times is not { } times || _count < usable)
        {
            return 0;
        }

        // The event that has to leave the window before another may come: the usable-th newest.
        int index = (_next - usable + (2 * _limit)) % _limit;
        return Math.Max(0, times[index] + _window - now);
    }

    /// <summary>Records an event. One beyond the limit is recorded too (a pong cannot wait) and pushes later ones back.</summary>
    public void Record(long now)
    {
        _times ??= new long[_limit];
        _times[_next] = now;
        _next = (_next + 1) % _limit;
        _count = Math.Min(_count + 1, _limit);
    }
}
