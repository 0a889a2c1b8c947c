using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PerfConn.Simulator.Limits;

/// <summary>
/// The venue's heartbeat: a ping at every interval, each of which wants its own payload back in time. A pong with another payload changes
/// nothing.
/// </summary>
/// <remarks>Pure: time is passed in. Not thread-safe.</remarks>
internal sealed class Heartbeat
{
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly Queue<(byte[] Payload, TimeSpan SentAt)> _unanswered = new();
    private TimeSpan _nextPing;
    private long _lastPayload;

    /// <param name="interval">Between pings; infinite for none.</param>
    /// <param name="timeout">From a ping to its pong; infinite to forgive all.</param>
    public Heartbeat(TimeSpan interval, TimeSpan timeout)
    {
        _interval = interval;
        _timeout = timeout;
        _nextPing = In(TimeSpan.Zero, interval);
    }

    /// <summary>Whether the oldest unanswered ping has waited too long.</summary>
    public bool IsOverdue(TimeSpan now) => _unanswered.TryPeek(out (byte[] Payload, TimeSpan SentAt) oldest) && now >= In(oldest.SentAt, _timeout);

    /// <summary>The payload of a ping to be sent now, or null. As at the venue it is the time in milliseconds, and no two are the same.</summary>
    public byte[]? NextPing(TimeSpan now, long unixMilliseconds)
    {
        if (now < _nextPing)
        {
            return null;
        }

        _nextPing = In(now, _interval);
        _lastPayload = Math.Max(_lastPayload + 1, unixMilliseconds);
        byte[] payload = Encoding.ASCII.GetBytes(_lastPayload.ToString(CultureInfo.InvariantCulture));
        _unanswered.Enqueue((payload, now));
        return payload;
    }

    /// <summary>Takes a pong. A ping that it answers is settled, and so are those before it (RFC 6455 section 5.5.3).</summary>
    public void OnPong(ReadOnlySpan<byte> payload)
    {
        int settled = 0;
        int position = 0;
        foreach ((byte[] sent, _) in _unanswered)
        {
            position++;
            if (payload.SequenceEqual(sent))
            {
                settled = position;
            }
        }

        for (; settled > 0; settled--)
        {
            _unanswered.Dequeue();
        }
    }

    /// <summary>When something is to be done next.</summary>
    public TimeSpan NextEvent() => _unanswered.TryPeek(out (byte[] Payload, TimeSpan SentAt) oldest) && In(oldest.SentAt, _timeout) is { } overdue && overdue < _nextPing
        ? overdue
        : _nextPing;

    private static TimeSpan In(TimeSpan from, TimeSpan span) =>
        span < TimeSpan.Zero || from > TimeSpan.MaxValue - span ? TimeSpan.MaxValue : from + span;
}
