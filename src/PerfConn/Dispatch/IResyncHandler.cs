using System;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>
/// A handler of deltas that is given a snapshot to begin with, and another one after each gap. All calls come on the thread of its ticks: between a snapshot and the
/// next gap every tick follows on the one before.
/// </summary>
public interface IResyncHandler<TSnapshot> : ITickHandler
    where TSnapshot : ISequencedSnapshot
{
    /// <summary>Replace what you have of this symbol: the ticks that follow apply to this.</summary>
    void OnSnapshot(SymbolId symbol, in TSnapshot snapshot);

    /// <summary>No snapshot was to be had in all attempts allowed. No tick of this symbol comes until its next gap, or until it is asked for again.</summary>
    void OnResyncFailed(SymbolId symbol, Exception error);
}
