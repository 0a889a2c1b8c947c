using System;

namespace PerfConn.Connections;

/// <summary>
/// Counts a peer's pings and pongs against a rate: a bucket that holds one second's worth and runs empty at the rate. One number of state; asked for control frames only,
/// so that data costs nothing.
/// </summary>
/// <remarks>Not thread-safe. The default value lets everything through.</remarks>
internal struct ControlRate
{
    private readonly long _interval;
    private readonly long _burst;

    /// <summary>When the bucket will be empty.</summary>
    private long _empty;

    /// <param name="perSecond">Frames per second; null for any number.</param>
    /// <param name="frequency">Ticks of a second.</param>
    public ControlRate(int? perSecond, long frequency)
    {
        _interval = perSecond is { } rate ? Math.Max(1, frequency / rate) : 0;
        _burst = _interval * (perSecond ?? 0);
        _empty = long.MinValue;
    }

    /// <summary>Counts a frame, or says that it is one too many.</summary>
    public bool TryTake(long now)
    {
        long empty = Math.Max(_empty, now) + _interval;
        if (empty - now > _burst)
        {
            return false;
        }

        _empty = empty;
        return true;
    }
}
