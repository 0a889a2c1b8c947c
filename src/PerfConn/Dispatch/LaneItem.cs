using System.Runtime.InteropServices;
using PerfConn.Buffers;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>A tick on its way through a lane, or a gap marker, in the same order.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct LaneItem
{
    public LaneItem(in Tick tick)
    {
        Frame = tick.Lease();
        Symbol = tick.Symbol;
        Channel = tick.Channel;
        Timestamp = tick.ReceiveTimestamp;
    }

    public LaneItem(in Gap gap)
    {
        IsGap = true;
        Symbol = gap.Symbol;
        Channel = gap.Channel;
        Cause = gap.Cause;
        Timestamp = gap.NextTimestamp;
        LastTimestamp = gap.LastTimestamp;
        Lost = gap.Lost;
    }

    public FrameLease Frame { get; }

    public long Timestamp { get; }

    public long LastTimestamp { get; }

    public long Lost { get; }

    public SymbolId Symbol { get; }

    public TickChannel Channel { get; }

    public GapCause Cause { get; }

    public bool IsGap { get; }

    public Gap ToGap() => new(Symbol, Channel, Cause, LastTimestamp, Timestamp, Lost);
}
