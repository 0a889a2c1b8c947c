using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>What a lane's reader remembers of a stream.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StreamSeen
{
    /// <summary>The marks of what was delivered last.</summary>
    public StreamMark Mark;

    /// <summary>Receive timestamp of the tick delivered last; 0 before the first.</summary>
    public long LastTimestamp;
}
