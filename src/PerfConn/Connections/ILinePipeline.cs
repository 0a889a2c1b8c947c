using PerfConn.Buffers;
using PerfConn.Framing;

namespace PerfConn.Connections;

/// <summary>What a line's receive loop pours messages into. A struct type parameter of the line, so that loop, parser and pipeline compile into one.</summary>
internal interface ILinePipeline : IFrameSink
{
    /// <summary>A read has returned: its messages stand in <paramref name="leases"/>' block and share its timestamp.</summary>
    void BeginRead(long timestamp, ILeaseSource? leases);
}
