using System;
using System.Diagnostics;
using PerfConn.Protocol;

namespace PerfConn.Connections;

/// <summary>
/// The pure core of liveness: times in, verdict and next look out. It never blames the peer for what happened on this side: while a handler holds the receive loop
/// nothing can arrive, and a look that comes late (a suspended process, a starved thread pool) says that this side slept (RELIABILITY B50, B71, B72).
/// </summary>
/// <remarks>Not thread-safe. Times are monotonic, from the start of the session.</remarks>
internal sealed class Heartbeat
{
    /// <summary>A look that is later than this is a sleep of our own; timers and a busy machine stay well below.</summary>
    private static readonly TimeSpan s_lateness = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A look that is later than this, and not so late that it begins the wait anew, came when the thread pool had been busy: what arrived meanwhile may stand unread, and
    /// its reader is given a moment before the peer is blamed (RELIABILITY B72). A look in time gives up at once. Timers of an idle machine are 1 to 2 ms late; with the shortest
    /// moment a look that is late by less than 50 ms still gives up within the 250 ms that are allowed.
    /// </summary>
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(10);

    /// <summary>That moment: four times as long as the look was late, between these two. A peer is so given up in time, or when the pool has run again for that long.</summary>
    private static readonly TimeSpan s_shortestMoment = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longestMoment = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly bool _pings;

    /// <summary>Up to here the silence is excused.</summary>
    private TimeSpan _excused;

    /// <summary>When the last ping went out.</summary>
    private TimeSpan _asked;

    /// <summary>From when its answer is waited for; null when it has come.</summary>
    private TimeSpan? _pinged;
    private bool _isInGrace;
    private TimeSpan _due;

    public Heartbeat(HeartbeatOptions options)
    {
        _interval = options.Interval;
        _timeout = options.Timeout;
        _pings = options.Pings;
        _due = _pings ? _interval : _interval + _timeout;
    }

    /// <summary>When to look next.</summary>
    public TimeSpan Due => _due;

    /// <summary>Looks.</summary>
    /// <param name="now">The time.</param>
    /// <param name="received">When something arrived last.</param>
    /// <param name="isBusy">Whether what arrived last is still being handled, so that nothing could be read since.</param>
    public HeartbeatVerdict Look(TimeSpan now, TimeSpan received, bool isBusy)
    {
        Debug.Assert(now >= _due, "a look comes when it is due or later");
        TimeSpan late = now - _due;
        HeartbeatVerdict verdict = Judge(now, received, isBusy);
        if (verdict != HeartbeatVerdict.GiveUp || _isInGrace || late <= s_late)
        {
            // Once: who asks again after the word has fallen gets the same one.
            _isInGrace &= verdict == HeartbeatVerdict.GiveUp;
            return verdict;
        }

        _isInGrace = true;
        TimeSpan moment = late * 4;
        _due = now + (moment < s_shortestMoment ? s_shortestMoment : moment > s_longestMoment ? s_longestMoment : moment);
        return HeartbeatVerdict.Wait;
    }

    private HeartbeatVerdict Judge(TimeSpan now, TimeSpan received, bool isBusy)
    {
        if (received > _asked)
        {
            // Whatever came after the ping itself answers it, also what was read just before a look that came late.
            _pinged = null;
        }

        if (isBusy || now - _due > s_lateness)
        {
            // The wait for the pong begins anew as well: it may stand in the kernel's buffer by now.
            _excused = now;
            _pinged = _pinged is null ? null : now;
        }

        TimeSpan alive = received > _excused ? received : _excused;
        if (!_pings)
        {
            _due = alive + _interval + _timeout;
            return now >= _due ? HeartbeatVerdict.GiveUp : HeartbeatVerdict.Wait;
        }

        if (_pinged is { } sent)
        {
            _due = sent + _timeout;
            return now >= _due ? HeartbeatVerdict.GiveUp : HeartbeatVerdict.Wait;
        }

        if (now - alive < _interval)
        {
            _due = alive + _interval;
            return HeartbeatVerdict.Wait;
        }

        _asked = now;
        _pinged = now;
        _due = now + _timeout;
        return HeartbeatVerdict.Ping;
    }
}
