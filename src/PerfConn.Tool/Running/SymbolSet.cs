using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Symbols;

namespace PerfConn.Tool.Running;

/// <summary>Which symbols have ticked. One thread adds, any may read the count.</summary>
internal sealed class SymbolSet
{
    private bool[] _seen = new bool[4096];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Notes a tick. Allocates only when a symbol beyond the array is seen for the first time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(SymbolId symbol)
    {
        bool[] seen = _seen;
        if ((uint)symbol.Value >= (uint)seen.Length || !seen[symbol.Value])
        {
            AddFirst(symbol);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddFirst(SymbolId symbol)
    {
        if (symbol.Value >= _seen.Length)
        {
            Array.Resize(ref _seen, Math.Max(symbol.Value + 1, _seen.Length * 2));
        }

        _seen[symbol.Value] = true;
        Volatile.Write(ref _count, _count + 1);
    }
}
