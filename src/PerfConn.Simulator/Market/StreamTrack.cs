using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.Simulator.Market;

/// <summary>
/// What all lines on one stream share: where the market stands. A line that joins begins with the tick after the furthest that any line has
/// got, so that two lines overlap without a hole between them.
/// </summary>
/// <remarks>Thread-safe; touched on subscribe and unsubscribe only.</remarks>
internal sealed class StreamTrack
{
    /// <summary>Ticks that the market moves on while nobody listens: who comes back finds a gap, as at the venue.</summary>
    public const int MissedWhileAway = 10;

    private readonly Lock _lock = new();
    private readonly List<TickStream> _lines = [];
    private long _next;

    public TickStream Join(Func<long, TickStream> create)
    {
        lock (_lock)
        {
            foreach (TickStream line in _lines)
            {
                _next = Math.Max(_next, line.Next);
            }

            if (_lines.Count == 0 && _next > 0)
            {
                _next += MissedWhileAway;
            }

            TickStream stream = create(_next);
            _lines.Add(stream);
            return stream;
        }
    }

    public void Leave(TickStream stream)
    {
        lock (_lock)
        {
            _next = Math.Max(_next, stream.Next);
            _lines.Remove(stream);
        }
    }
}
