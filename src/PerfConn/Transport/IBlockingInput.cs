using System.IO.Pipelines;

namespace PerfConn.Transport;

/// <summary>An input that can also be read by a thread that blocks: what <see cref="ReceiveMode.Thread"/> asks of a transport's reader.</summary>
internal interface IBlockingInput
{
    /// <summary>Reads, blocking the calling thread until there is something, the stream ends, or the transport is aborted (which throws).</summary>
    ReadResult Read();
}
