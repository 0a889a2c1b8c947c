using System;
using System.Threading;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <content>
/// The deadline, and the end. One timer for the sender's life: it is set when a write begins and no timer runs, and when it fires it looks how long the present write has
/// been under way. So a write costs a timestamp, and the timer is touched once per deadline.
/// </content>
internal sealed partial class FrameSender
{
    /// <summary>
    /// How long the read side may go on after a write has failed: what the peer said before it went, a Close frame above all, may still stand in the
    /// receive buffer. Then the line is cut: one that cannot send must not look alive.
    /// </summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_leastDelay = TimeSpan.FromMilliseconds(1);


    /// <summary>Made with the first write: an idle line has none, 120 bytes.</summary>
    private ITimer? _timer;
    private long _writeBegan;
    private int _isTimerSet;
    private bool _isOver;

    /// <summary>What a failure means for the transport.</summary>
    private enum Aftermath
    {
        /// <summary>It is being disposed of anyway.</summary>
        None,

        AbortsLater,

        AbortsNow,
    }

    private void BeginDeadline()
    {
        if (_limits.Deadline == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        // A full fence, as in OnTimer: one of the two sees what the other has written.
        Interlocked.Exchange(ref _writeBegan, Math.Max(1, _time.GetTimestamp()));
        if (Volatile.Read(ref _isTimerSet) == 0 && Interlocked.Exchange(ref _isTimerSet, 1) == 0)
        {
            SetTimer(_limits.Deadline);
        }
    }

    private void SetTimer(TimeSpan due)
    {
        if (Volatile.Read(ref _timer) is not { } timer)
        {
            timer = _time.CreateTimer(static state => ((FrameSender)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (Interlocked.CompareExchange(ref _timer, timer, null) is { } first)
            {
                timer.Dispose();
                timer = first;
            }
        }

        timer.Change(due, Timeout.InfiniteTimeSpan);

        // A full fence, as in End: whoever comes second disposes of it.
        Interlocked.MemoryBarrier();
        if (_isOver)
        {
            timer.Dispose();
        }
    }

    private void EndDeadline() => Volatile.Write(ref _writeBegan, 0);

    private void OnTimer()
    {
        if (_failure is not null)
        {
            Abort();
            return;
        }

        if (Volatile.Read(ref _writeBegan) == 0)
        {
            // Idle: the timer rests, unless a write has begun this moment that took it for set.
            Interlocked.Exchange(ref _isTimerSet, 0);
            if (Volatile.Read(ref _writeBegan) == 0 || Interlocked.Exchange(ref _isTimerSet, 1) != 0)
            {
                return;
            }
        }

        long began = Volatile.Read(ref _writeBegan);
        TimeSpan left = began == 0 ? _limits.Deadline : _limits.Deadline - _time.GetElapsedTime(began);
        if (left > TimeSpan.Zero)
        {
            SetTimer(left > s_leastDelay ? left : s_leastDelay);
        }
        else
        {
            Fail(new SendTimeoutException(_address, PendingBytes, _limits.Deadline), Aftermath.AbortsNow);
        }
    }

    /// <summary>
    /// The first failure is the one. The chunk under way stays out of the pool: the write that has not ended may still read it.
    /// </summary>
    private void Fail(ConnectionException error, Aftermath aftermath)
    {
        PendingSendList lost = default;
        lock (_turn)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = error;
            if (_current is not null)
            {
                lost.Take(ref _current.Sends);
            }

            for (SendChunk? chunk = _head; chunk is not null; chunk = _head)
            {
                lost.Take(ref chunk.Sends);
                _head = chunk.Next;
                chunk.Return();
            }

            _tail = null;
            TakeWaiting(ref lost);
            lock (_control)
            {
                _isClosing = true;
                _pongs.Clear();
            }
        }

        lost.Complete(error);
        if (aftermath == Aftermath.AbortsNow)
        {
            Abort();
        }
        else if (aftermath == Aftermath.AbortsLater)
        {
            SetTimer(s_farewell);
        }
    }

    private void Abort()
    {
        try
        {
            _transport.Abort();
        }
        catch (Exception)
        {
            // A custom transport's own failure on a timer's thread would end the process; the line learns of its end by the read side.
        }
    }
}
