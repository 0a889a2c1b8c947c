using System;
using System.Diagnostics;
using System.Threading;

namespace PerfConn.Connections;

/// <summary>
/// Holds the message under way against its time limit, in any framing (RELIABILITY B35, B44): a timer looks four times within the limit whether the receive loop
/// still stands inside the message it stood in before. The loop itself asks no clock.
/// </summary>
/// <remarks>
/// As in <see cref="Heartbeat"/> the peer is not blamed for what happened on this side: what a look finds while a handler holds the loop, or later than it was due,
/// counts from that look.
/// </remarks>
internal sealed class MessageWatch : IDisposable
{
    private const int LooksPerLimit = 4;

    /// <summary>A look that is later than this is a sleep of our own; timers and a busy machine stay well below.</summary>
    private static readonly TimeSpan s_lateness = TimeSpan.FromSeconds(2);

    private readonly ReceiveProgress _progress;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Action _onTooSlow;
    private readonly ITimer _timer;
    private long _message;
    private long _since;
    private long _looked;
    private bool _isOver;

    /// <param name="progress">What the receive loop tells.</param>
    /// <param name="limit">How long a message may take.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="onTooSlow">Called once, on a timer's thread, when one takes longer; must not throw.</param>
    public MessageWatch(ReceiveProgress progress, TimeSpan limit, TimeProvider time, Action onTooSlow)
    {
        _progress = progress;
        _limit = limit;
        _interval = new TimeSpan(Math.Max(limit.Ticks / LooksPerLimit, TimeSpan.TicksPerMillisecond));
        _time = time;
        _onTooSlow = onTooSlow;
        _looked = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((MessageWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        Debug.Assert(!_isOver, "after its verdict a watch does not look again");
        long now = _time.GetTimestamp();
        long message = _progress.OpenMessage;
        bool isExcused = _progress.IsBusy || _time.GetElapsedTime(_looked, now) - _interval > s_lateness;
        if (message != _message || isExcused)
        {
            _message = message;
            _since = now;
        }
        else if (message != 0 && _time.GetElapsedTime(_since, now) >= _limit)
        {
            _isOver = true;
            _onTooSlow();
            return;
        }

        _looked = now;
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }
}
