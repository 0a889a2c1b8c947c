using System;
using PerfConn.Buffers;

namespace PerfConn.Dispatch;

/// <summary>
/// Room for one tick of a conflating lane. It belongs to one side at a time, writer or reader, or stands in a stream; it changes hands by an exchange of references, so its fields
/// need no care.
/// </summary>
internal sealed class LaneCell(int copyLimit)
{
    /// <summary>Whether it holds a tick.</summary>
    public bool IsFull;

    /// <summary>Ticks of this stream sent so far, this one included; wraps around.</summary>
    public uint Ticks;

    /// <summary>Of these, dropped; wraps around.</summary>
    public uint Dropped;

    /// <summary>The stream's last gap marker, if there was any.</summary>
    public LaneGap? Gap;

    public long Timestamp;

    /// <summary>Bytes of the copied payload; -1 when it is leased.</summary>
    public int Length;

    public FrameLease Lease;

    /// <summary>The copied payload.</summary>
    public readonly byte[] Bytes = GC.AllocateUninitializedArray<byte>(copyLimit);

    public ReadOnlySpan<byte> Payload => Length >= 0 ? Bytes.AsSpan(0, Length) : Lease.Span;

    /// <summary>Gives up what it holds.</summary>
    public void Clear()
    {
        IsFull = false;
        if (Length < 0)
        {
            Lease.Dispose();
            Lease = default;
            Length = 0;
        }
    }
}
