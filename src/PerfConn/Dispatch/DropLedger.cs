using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>
/// How many ticks of each stream a lane has dropped since its reader last announced it. The writer counts, the reader takes; neither waits.
/// </summary>
internal sealed class DropLedger
{
    private readonly int[][] _rows = CreateRows();

    /// <summary>Counts a dropped tick. Called by the lane's writer only.</summary>
    public void Count(SymbolId symbol, TickChannel channel)
    {
        int[] row = _rows[channel.Value];
        if (symbol.Value >= row.Length)
        {
            row = Grow(symbol, channel);
        }

        Interlocked.Increment(ref row[symbol.Value]);
    }

    /// <summary>Takes what was dropped of this stream; 0 almost always. Called by the lane's reader only.</summary>
    public int Take(SymbolId symbol, TickChannel channel)
    {
        int[] row = Volatile.Read(ref _rows[channel.Value]);
        return (uint)symbol.Value < (uint)row.Length && Volatile.Read(ref row[symbol.Value]) != 0
            ? Interlocked.Exchange(ref row[symbol.Value], 0)
            : 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Grow(SymbolId symbol, TickChannel channel)
    {
        // Counts are moved, not copied: the reader may take from the old row while this runs, and nothing may be announced twice.
        int[] row = _rows[channel.Value];
        var larger = new int[Math.Max(1024, Math.Max(symbol.Value + 1, row.Length * 2))];
        Volatile.Write(ref _rows[channel.Value], larger);
        for (int i = 0; i < row.Length; i++)
        {
            Interlocked.Add(ref larger[i], Interlocked.Exchange(ref row[i], 0));
        }

        return larger;
    }

    private static int[][] CreateRows()
    {
        var rows = new int[TickChannel.Limit][];
        Array.Fill(rows, []);
        return rows;
    }
}
