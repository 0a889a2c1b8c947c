using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <content>When a stream ticked last. Any thread.</content>
internal sealed partial class StreamLedger
{
    /// <summary>The receive timestamp of its last tick; 0 before the first.</summary>
    public long LastOf(SymbolId symbol, TickChannel channel)
    {
        StreamRecord[] row = Volatile.Read(ref Volatile.Read(ref _rows)[channel.Value]);
        return symbol.Value < row.Length ? Volatile.Read(ref row[symbol.Value].LastTimestamp) : 0;
    }
}
