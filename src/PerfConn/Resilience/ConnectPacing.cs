using System;

namespace PerfConn.Resilience;

/// <summary>
/// The pure core of a shared connect rate: an exact rolling window over all connects, and an even distance between those of lines that come back. A window alone would let a
/// crowd that lost its server return in one burst, and then none for the rest of the window (RELIABILITY D22).
/// </summary>
/// <remarks>Not thread-safe; the owner locks. Times are monotonic ticks.</remarks>
internal sealed class ConnectPacing
{
    /// <summary>Lines that may come back without a distance: a client of a few lines shall not notice.</summary>
    private const int FreeReconnects = 4;

    private readonly RollingWindow _window;
    private readonly long _distance;

    /// <summary>When the next reconnect would be due if all kept their distance.</summary>
    private long _due = long.MinValue / 2;

    public ConnectPacing(int connects, long window)
    {
        _window = new RollingWindow(connects, window);
        _distance = window / connects;
    }

    /// <summary>How long until the next connect may begin; 0 when it may now.</summary>
    public long Delay(long now, bool isReconnect)
    {
        long delay = _window.DelayUntilFree(now);
        return isReconnect ? Math.Max(delay, _due - ((FreeReconnects - 1) * _distance) - now) : delay;
    }

    /// <summary>A connect begins.</summary>
    public void Take(long now, bool isReconnect)
    {
        _window.Record(now);
        if (isReconnect)
        {
            _due = Math.Max(_due, now) + _distance;
        }
    }
}
