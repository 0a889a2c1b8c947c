using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads a TLS stream. A stream has no non-blocking read, so a read starts with an empty one, which <see cref="System.Net.Security.SslStream"/>
/// completes at once while it has decrypted bytes or a record at hand, and which holds no block while it waits.
/// </summary>
internal sealed class StreamPipeReader(Stream stream, Uri address, BlockPool pool) : BlockPipeReader(pool)
{
    protected override bool TryReceive(Span<byte> room, out int count)
    {
        count = -1;
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw SocketFailure.WhileReading(address, e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw SocketFailure.WhileReading(address, e);
        }
    }
}
