using System;
using System.Threading;
using PerfConn.Framing;

namespace PerfConn.Simulator.Sessions;

/// <content>What happens because time passes: pings, missing pongs, the end of the connection's life, and of the patience with its peer.</content>
internal sealed partial class Session
{
    private void OnDeadline()
    {
        bool isCut;
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            TimeSpan now = Now();
            isCut = now >= _closeDeadline;
            if (!isCut && !_closeSent)
            {
                BeatAt(now);
            }

            if (!isCut)
            {
                Rearm(now);
            }
        }

        if (isCut)
        {
            // A writer stuck in a write to a peer that does not read is freed by this and by nothing else.
            Cut();
        }

        Wake();
    }

    private void BeatAt(TimeSpan now)
    {
        TimeSpan life = _venue.Options.SessionLife;
        if (life >= TimeSpan.Zero && now >= life)
        {
            BeginClose(1001, "Session expired", DisconnectCause.SessionExpired);
        }
        else if (_heartbeat.IsOverdue(now))
        {
            BeginClose(1008, "Pong timeout", DisconnectCause.PongTimeout);
        }
        else if (_heartbeat.NextPing(now, _venue.Time.GetUtcNow().ToUnixTimeMilliseconds()) is { } payload)
        {
            _outbox.AddFrame((byte)ControlFrame.Ping, payload);
        }
    }

    /// <summary>Under the lock. Sets the timer for what comes next.</summary>
    private void Rearm(TimeSpan now)
    {
        TimeSpan next = TimeSpan.MaxValue;
        if (_closeDeadline is { } closeDeadline)
        {
            next = closeDeadline;
        }
        else
        {
            TimeSpan life = _venue.Options.SessionLife;
            TimeSpan beat = _heartbeat.NextEvent();
            next = life >= TimeSpan.Zero && life < beat ? life : beat;
        }

        // A timer takes no more than 49 days, and one that fires early only looks again.
        TimeSpan wait = next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next - now;
        _deadlines.Change(
            next == TimeSpan.MaxValue ? wait : TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, int.MaxValue)),
            Timeout.InfiniteTimeSpan);
    }
}
