using System.Runtime.InteropServices;

namespace PerfConn.Sequencing;

/// <summary>What is remembered of one symbol's stream: when it last ticked, and whether its next tick comes after a gap.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct StreamState
{
    /// <summary>Receive timestamp of the last tick; 0 before the first.</summary>
    public long LastTimestamp;

    /// <summary>Whether ticks may be missing before the next one.</summary>
    public bool IsGapPending;
}
