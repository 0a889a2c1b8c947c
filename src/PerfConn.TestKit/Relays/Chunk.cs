using System.Runtime.InteropServices;

namespace PerfConn.TestKit.Relays;

/// <summary>Bytes on their way through a relay; without bytes, the end of the stream, or a nudge to look at the faults again.</summary>
/// <param name="Bytes">A pooled array.</param>
/// <param name="Length">How many of its bytes count.</param>
/// <param name="Due">The timestamp before which they may not be sent on.</param>
/// <param name="IsEnd">Whether the sender has ended its stream.</param>
/// <param name="IsLost">Whether it came while the direction swallowed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Chunk(byte[]? Bytes, int Length, long Due, bool IsEnd, bool IsLost = false);
