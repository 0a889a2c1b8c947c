using System.Runtime.InteropServices;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>What a lane's place holds of a gap marker beside its header: 40 bytes, which with it make one cache line. A whole <see cref="Gap"/> would make every place of a lane without copies two.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct LaneGapBody(in Gap gap)
{
    private readonly long _lastTimestamp = gap.LastTimestamp;
    private readonly long _lost = gap.Lost;
    private readonly long _lastSequence = gap.LastSequence;
    private readonly long _nextSequence = gap.NextSequence;
    private readonly GapCause _cause = gap.Cause;

    public Gap ToGap(SymbolId symbol, TickChannel channel, long nextTimestamp) =>
        new(symbol, channel, _cause, _lastTimestamp, nextTimestamp, _lost, _lastSequence, _nextSequence);
}
