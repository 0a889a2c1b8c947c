using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>The first 24 bytes of a place in a lane; the payload, when it is copied, follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
internal struct LaneSlotHeader
{
    public const int Size = 24;

    /// <summary>Receive timestamp.</summary>
    public long Timestamp;

    /// <summary>The symbol's id.</summary>
    public int Symbol;

    /// <summary>The stream's marks as they were when this was sent: what is missing before it shows in them.</summary>
    public StreamMark Mark;

    /// <summary>Bytes that follow.</summary>
    public ushort Length;

    public byte Channel;

    public LaneSlotKind Kind;
}
