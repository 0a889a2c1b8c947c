using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <content>Whether it is safe to act on a stream now. Any thread.</content>
internal sealed partial class StreamLedger
{
    private const long Down = 1;

    /// <summary>Whether the line is down, in the lowest bit, and since when it is as it is: one word for all streams, so that a cut of the line tells of them all at once.</summary>
    private long _line;

    /// <summary>The line is not connected: no stream is live from now on.</summary>
    public void LineDown(long timestamp)
    {
        if ((Volatile.Read(ref _line) & Down) == 0)
        {
            Volatile.Write(ref _line, (timestamp << 1) | Down);
        }
    }

    /// <summary>The line is connected again. To be called when all gaps that this leaves have been marked: a stream is then live from its first tick on.</summary>
    public void LineUp(long timestamp)
    {
        if ((Volatile.Read(ref _line) & Down) != 0)
        {
            Volatile.Write(ref _line, timestamp << 1);
        }
    }

    /// <summary>Two reads and no lock, for a stream that has ticked.</summary>
    public Liveness StateOf(SymbolId symbol, TickChannel channel)
    {
        long line = Volatile.Read(ref _line);
        if ((line & Down) != 0)
        {
            return new Liveness(LivenessCause.LineDown, line >> 1);
        }

        StreamStatus status = StatusOf(symbol, channel);
        return new Liveness(CauseOf(status), status.Since);
    }

    /// <summary>Likewise for all streams of a symbol together: the first that is not live speaks for them; those that nobody wants are not asked.</summary>
    public Liveness StateOf(SymbolId symbol)
    {
        var state = new Liveness(LivenessCause.NotSubscribed, 0);
        for (byte channel = 0; channel < TickChannel.Limit; channel++)
        {
            Liveness stream = StateOf(symbol, new TickChannel(channel));
            if (!stream.IsLive && stream.Why != LivenessCause.NotSubscribed)
            {
                return stream;
            }

            if (stream.IsLive && stream.Since >= state.Since)
            {
                state = stream;
            }
        }

        return state;
    }

    private static LivenessCause CauseOf(StreamStatus status) => status.State switch
    {
        StreamStatus.Unknown or StreamStatus.Left => LivenessCause.NotSubscribed,
        StreamStatus.Awaited => LivenessCause.NeverTicked,
        StreamStatus.Stale => LivenessCause.Stale,
        StreamStatus.Live => status.IsResyncing ? LivenessCause.Resyncing : LivenessCause.Live,
        _ => LivenessCause.GapPending,
    };

    private StreamStatus StatusOf(SymbolId symbol, TickChannel channel)
    {
        long[] row = Volatile.Read(ref Volatile.Read(ref _statuses)[channel.Value]);
        if ((uint)symbol.Value < (uint)row.Length)
        {
            return new StreamStatus(Volatile.Read(ref row[symbol.Value]));
        }

        if (!symbol.IsValid)
        {
            return default;
        }

        lock (_marking)
        {
            row = _statuses[channel.Value];
            return symbol.Value < row.Length ? new StreamStatus(Volatile.Read(ref row[symbol.Value])) : EarlyOf(symbol, channel);
        }
    }

    private long SinceOf(long timestamp, long lastTick)
    {
        long line = Volatile.Read(ref _line);
        return timestamp != 0 ? timestamp : (line & Down) != 0 ? line >> 1 : lastTick;
    }
}
