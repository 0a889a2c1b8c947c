using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>
/// How many ticks and gap markers of one stream a lane's writer has sent. It goes with each of them, and the reader compares it with what it saw last: whatever was dropped
/// in between, wherever and why ever, shows as a hole of exactly that size at exactly that place. No counter is shared between the two.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StreamMark
{
    /// <summary>Ticks so far, this one included; wraps around.</summary>
    public uint Ticks;

    /// <summary>Gap markers so far; wraps around.</summary>
    public ushort Gaps;

    /// <summary>Cause of the last gap marker.</summary>
    public byte Cause;
}
