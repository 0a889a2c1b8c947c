using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>A value for each stream: a row per channel, indexed by symbol id.</summary>
/// <remarks>Belongs to one thread at a time. Allocates only when a row grows, which a symbol's first sight may make it do.</remarks>
internal sealed class StreamTable<T>
{
    private const int FirstRowSize = 64;

    private readonly T[][] _rows = CreateRows();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At(SymbolId symbol, TickChannel channel)
    {
        Debug.Assert(symbol.IsValid, "a tick has a symbol");
        T[] row = _rows[channel.Value];
        if ((uint)symbol.Value >= (uint)row.Length)
        {
            row = Grow(symbol, channel);
        }

        return ref row[symbol.Value];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T[] Grow(SymbolId symbol, TickChannel channel)
    {
        ref T[] row = ref _rows[channel.Value];
        Array.Resize(ref row, Math.Max(FirstRowSize, Math.Max(symbol.Value + 1, row.Length * 2)));
        return row;
    }

    private static T[][] CreateRows()
    {
        var rows = new T[TickChannel.Limit][];
        Array.Fill(rows, []);
        return rows;
    }
}
