using System;
using System.Runtime.CompilerServices;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <summary>
/// The state of every symbol's streams, as arrays by symbol id: one row per channel, so that a line that carries one channel touches one
/// dense row (16 bytes a symbol).
/// </summary>
/// <remarks>Owned by the receive loop of one line, across its reconnects; not thread-safe. Allocates only when a row grows.</remarks>
internal sealed class StreamLedger
{
    private const int FirstRowSize = 1024;

    /// <summary>What all ledgers have before their first stream; a ledger that grows takes rows of its own.</summary>
    private static readonly StreamState[][] s_none = CreateRows();

    private StreamState[][] _rows = s_none;

    /// <summary>Notes a tick. True when ticks may be missing before it; <paramref name="lastTimestamp"/> is then the last one's, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Observe(SymbolId symbol, TickChannel channel, long timestamp, out long lastTimestamp)
    {
        StreamState[] row = _rows[channel.Value];
        if ((uint)symbol.Value >= (uint)row.Length)
        {
            row = Grow(symbol, channel);
        }

        ref StreamState state = ref row[symbol.Value];
        lastTimestamp = state.LastTimestamp;
        state.LastTimestamp = timestamp;
        if (!state.IsGapPending)
        {
            return false;
        }

        state.IsGapPending = false;
        return true;
    }

    /// <summary>The next tick of this stream comes after a gap.</summary>
    public void MarkGap(SymbolId symbol, TickChannel channel)
    {
        StreamState[] row = _rows[channel.Value];
        if (symbol.Value >= row.Length)
        {
            row = Grow(symbol, channel);
        }

        row[symbol.Value].IsGapPending = true;
    }

    /// <summary>The next tick of every stream that has ticked comes after a gap.</summary>
    public void MarkGapInAllSeen()
    {
        foreach (StreamState[] row in _rows)
        {
            foreach (ref StreamState state in row.AsSpan())
            {
                state.IsGapPending |= state.LastTimestamp != 0;
            }
        }
    }

    public void MarkStale(SymbolId symbol, TickChannel channel, long timestamp)
    {
    }

    /// <summary>When a stream ticked last; 0 for never. Any thread.</summary>
    public long LastOf(SymbolId symbol, TickChannel channel)
    {
        StreamState[] row = System.Threading.Volatile.Read(ref _rows)[channel.Value];
        return symbol.Value < row.Length ? System.Threading.Volatile.Read(ref row[symbol.Value].LastTimestamp) : 0;
    }

    private static StreamState[][] CreateRows()
    {
        var rows = new StreamState[TickChannel.Limit][];
        Array.Fill(rows, []);
        return rows;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StreamState[] Grow(SymbolId symbol, TickChannel channel)
    {
        _rows = _rows == s_none ? CreateRows() : _rows;
        ref StreamState[] row = ref _rows[channel.Value];
        Array.Resize(ref row, Math.Max(FirstRowSize, Math.Max(symbol.Value + 1, row.Length * 2)));
        return row;
    }
}
