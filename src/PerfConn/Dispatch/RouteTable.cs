using System;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>Which subscriber a stream's ticks go to: a row per channel, indexed by symbol id.</summary>
/// <remarks>
/// A lookup is two array reads and takes no lock. Changes come from the control plane, under a lock, and are seen by the next tick; a row that
/// has to grow is replaced by a copy.
/// </remarks>
internal sealed class RouteTable
{
    private const int FirstRowSize = 64;

    /// <summary>What all tables have before their first route; a table that is given one takes rows of its own.</summary>
    private static readonly Subscriber?[][] s_none = CreateRows();

    private readonly Lock _lock = new();
    private Subscriber?[][] _rows = s_none;

    /// <summary>Who is told of a subscriber that throws beside others of its stream. Default: null, it costs the others their tick. Set before the first route.</summary>
    public FaultObserver? Faults { get; set; }

    public Subscriber? Find(SymbolId symbol, TickChannel channel)
    {
        Subscriber?[] row = Volatile.Read(ref Volatile.Read(ref _rows)[channel.Value]);
        return (uint)symbol.Value < (uint)row.Length ? row[symbol.Value] : null;
    }

    /// <summary>Sends a stream's ticks to the subscribers; none removes the route.</summary>
    public void Set(SymbolId symbol, TickChannel channel, ReadOnlySpan<Subscriber> subscribers)
    {
        Subscriber? subscriber = subscribers.Length switch
        {
            0 => null,
            1 => subscribers[0],
            _ => new FanOutSubscriber(subscribers.ToArray(), Faults),
        };
        lock (_lock)
        {
            if (_rows == s_none)
            {
                Volatile.Write(ref _rows, CreateRows());
            }

            Subscriber?[] row = _rows[channel.Value];
            if (symbol.Value >= row.Length)
            {
                Array.Resize(ref row, Math.Max(FirstRowSize, Math.Max(symbol.Value + 1, row.Length * 2)));
                Volatile.Write(ref _rows[channel.Value], row);
            }

            Volatile.Write(ref row[symbol.Value], subscriber);
        }
    }

    private static Subscriber?[][] CreateRows()
    {
        var rows = new Subscriber?[TickChannel.Limit][];
        Array.Fill(rows, []);
        return rows;
    }
}
