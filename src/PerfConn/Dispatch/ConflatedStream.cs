using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>One symbol and channel in a conflating lane. Made at its first tick.</summary>
internal sealed class ConflatedStream(SymbolId symbol, TickChannel channel, LaneCell cell)
{
    /// <summary>The newest tick that was not delivered yet, or an empty cell. Changed by exchange only.</summary>
    public LaneCell Cell = cell;

    /// <summary>Ticks sent so far. The writer's, as the next two.</summary>
    public uint Ticks;

    public uint Dropped;

    public LaneGap? Gap;

    /// <summary>What was delivered last. The reader's, as the next three.</summary>
    public uint SeenTicks;

    public uint SeenDropped;

    public int SeenGaps;

    public long LastTimestamp;

    public SymbolId Symbol { get; } = symbol;

    public TickChannel Channel { get; } = channel;
}
