using System.Runtime.InteropServices;

namespace PerfConn.Sequencing;

/// <summary>
/// What is remembered of one symbol's stream. Three aligned 64-bit words, each written whole: the receive loop writes the first two, <see cref="Status"/> changes
/// by compare-and-swap, and any thread may read any of them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StreamRecord
{
    /// <summary>Receive timestamp of the last tick; 0 before the first.</summary>
    public long LastTimestamp;

    /// <summary>The last sequence number plus one; 0 before the first, so that a record begins as zeroes.</summary>
    public long Next;

    /// <summary>A <see cref="StreamStatus"/>.</summary>
    public long Status;
}
