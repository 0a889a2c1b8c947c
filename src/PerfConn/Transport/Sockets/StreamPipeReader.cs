using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads a TLS stream. A stream has no non-blocking read, so a read starts with an empty one, which <see cref="System.Net.Security.SslStream"/>
/// completes at once while it has decrypted bytes or a record at hand, and which holds no block while it waits.
/// </summary>
internal sealed class StreamPipeReader(Stream stream, Uri address, BlockPool pool) : BlockPipeReader(address, pool)
{
    protected override bool TryReceive(Span<byte> room, out int count)
    {
        count = -1;
        return false;
    }

    /// <summary>A message above a TLS record comes in several reads: one call of the stream for each, not two.</summary>
    protected override bool ReadsOnInsideMessage => true;

    protected override ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken) =>
        stream.ReadAsync(Memory<byte>.Empty, cancellationToken);

    protected override ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken) =>
        stream.ReadAsync(room, cancellationToken);
}
