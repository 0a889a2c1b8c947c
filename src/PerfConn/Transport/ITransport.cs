using System;
using System.IO.Pipelines;
using System.Net;

namespace PerfConn.Transport;

/// <summary>
/// One open connection as a pair of pipes. What the bytes in them are is told by <see cref="Content"/>; everything above this layer is
/// the same code for every transport.
/// </summary>
/// <remarks>
/// <see cref="IDuplexPipe.Input"/> has one reader and <see cref="IDuplexPipe.Output"/> one writer at a time; the two sides, and
/// <see cref="Abort"/>, may be used concurrently. A read that fails throws a <see cref="Diagnostics.NetworkException"/>; the orderly end of the
/// stream is a completed read. Whoever reads <see cref="IDuplexPipe.Input"/> completes it before disposing the transport, so that the blocks it holds go
/// back to their pool.
/// </remarks>
public interface ITransport : IDuplexPipe, IAsyncDisposable
{
    /// <summary>What stands in the pipes: the connection's bytes, or message records.</summary>
    TransportContent Content { get; }

    /// <summary>The peer's address; null where there is none.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Ends the connection at once, without a farewell; pending reads and writes fail. May be called at any time, more than once.</summary>
    void Abort();
}
