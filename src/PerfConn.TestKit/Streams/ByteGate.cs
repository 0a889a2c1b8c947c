using System;
using System.Linq;

namespace PerfConn.TestKit.Streams;

/// <summary>Reads a <see cref="ByteFaults"/> against a place in the stream: may the next byte pass, and how many with it?</summary>
internal sealed class ByteGate(ByteFaults faults, Random random)
{
    private bool _paused;

    public Gate At(long place)
    {
        if (place >= faults.CutAt)
        {
            return Gate.Cut;
        }

        if (place >= faults.StallFrom)
        {
            return Gate.Stall;
        }

        if (place >= faults.SwallowFrom)
        {
            return Gate.Swallow;
        }

        return faults.TrickleBytes is not null && !_paused ? Gate.Pause : Gate.Open;
    }

    /// <summary>The pause before the next piece is over.</summary>
    public void Paused() => _paused = true;

    /// <summary>Where the piece that begins at <paramref name="place"/> ends when there are bytes up to <paramref name="end"/>.</summary>
    public long EndOfPiece(long place, long end)
    {
        _paused = false;
        end = Min(end, faults.CutAt);
        end = Min(end, faults.StallFrom);
        end = Min(end, faults.SwallowFrom);
        end = Min(end, place + faults.TrickleBytes);
        end = Min(end, faults.SliceAtMost is { } most ? place + 1 + random.Next(most) : null);
        return faults.SliceAt.Where(cut => cut > place).Aggregate(end, Math.Min);
    }

    private static long Min(long end, long? limit) => limit is { } value ? Math.Min(end, value) : end;
}
