using System.Runtime.InteropServices;

namespace PerfConn.Sequencing;

/// <summary>
/// What every tick of one symbol's stream touches: two aligned 64-bit words, each written whole by the receive loop, which any thread may read. 16 bytes, so that none lies across
/// two cache lines; the stream's <see cref="StreamStatus"/> is kept apart, because a tick needs it only when some stream is not simply live.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StreamRecord
{
    /// <summary>Receive timestamp of the last tick; 0 before the first.</summary>
    public long LastTimestamp;

    /// <summary>The last sequence number plus one; 0 before the first, so that a record begins as zeroes.</summary>
    public long Next;
}
