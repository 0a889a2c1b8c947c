using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.Subscriptions;

/// <summary>
/// Requests of one session that wait for their reply, by id. Every request gets exactly one: the venue's, a timeout, or the loss of the session.
/// </summary>
/// <remarks>Thread-safe. Callbacks run outside the lock, on the thread that brings the outcome, and must not block.</remarks>
internal sealed class ReplyTable(TimeProvider time, RequestIds ids)
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    /// <summary>By id; made with the first request. The lock is what gives the ids.</summary>
    private Dictionary<long, Pending>? _pending;
    private ITimer? _timer;
    private bool _isLooking;
    private bool _isLost;

    public int Count
    {
        get
        {
            lock (ids)
            {
                return _pending?.Count ?? 0;
            }
        }
    }

    /// <summary>
    /// Registers a request and gives it its id. Ids go on counting across sessions: a late reply of an old line finds nothing. When the session is gone already, the request is
    /// lost at once.
    /// </summary>
    public long Register(TimeSpan timeout, Action<Reply> onReply)
    {
        long id;
        lock (ids)
        {
            id = ids.Next();
            if (!_isLost)
            {
                (_pending ??= []).Add(id, new Pending(time.GetTimestamp(), timeout, onReply));
                LookLater();
                return id;
            }
        }

        onReply(Reply.Lost);
        return id;
    }

    /// <summary>Brings a reply; false when no request waits for it.</summary>
    public bool Complete(long id, in Reply reply)
    {
        Pending? pending;
        lock (ids)
        {
            if (_pending is null || !_pending.Remove(id, out pending))
            {
                return false;
            }
        }

        pending.OnReply(reply);
        return true;
    }

    /// <summary>Times out what has waited too long. Done by itself every second while a request waits; ten thousand lines that ask nothing cost nothing.</summary>
    private void Expire()
    {
        List<long>? expired = null;
        lock (ids)
        {
            _isLooking = false;
            foreach ((long id, Pending pending) in _pending!)
            {
                if (time.GetElapsedTime(pending.Since) >= pending.Timeout)
                {
                    (expired ??= []).Add(id);
                }
            }
        }

        foreach (long id in expired ?? [])
        {
            Complete(id, Reply.TimedOut(TimeoutOf(id)));
        }

        lock (ids)
        {
            LookLater();
        }
    }

    /// <summary>Called under the lock.</summary>
    private void LookLater()
    {
        if (_pending is { Count: > 0 } && !_isLooking && !_isLost)
        {
            _isLooking = true;
            _timer ??= time.CreateTimer(static state => ((ReplyTable)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(s_lookInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The session is gone: nothing that was asked on it will be answered, and no timer stays set.</summary>
    public void LoseAll()
    {
        List<Pending> lost;
        lock (ids)
        {
            _isLost = true;
            lost = _pending is null ? [] : [.. _pending.Values];
            _pending?.Clear();
            _timer?.Dispose();
        }

        foreach (Pending pending in lost)
        {
            pending.OnReply(Reply.Lost);
        }
    }

    private TimeSpan TimeoutOf(long id)
    {
        lock (ids)
        {
            return _pending is not null && _pending.TryGetValue(id, out Pending? pending) ? pending.Timeout : TimeSpan.Zero;
        }
    }

    private sealed record Pending(long Since, TimeSpan Timeout, Action<Reply> OnReply);
}
