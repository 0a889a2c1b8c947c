using System.Threading;
using System.Threading.Tasks;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>Where snapshots come from, a REST request as a rule.</summary>
/// <typeparam name="TSnapshot">What it brings.</typeparam>
public interface ISnapshotSource<TSnapshot>
    where TSnapshot : ISequencedSnapshot
{
    /// <summary>Fetches a symbol's present state. Called on the thread pool, for one symbol once at a time; what it throws is a failed attempt.</summary>
    ValueTask<TSnapshot> FetchAsync(SymbolId symbol, CancellationToken cancellationToken);
}
