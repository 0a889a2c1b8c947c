using System;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads a plain TCP socket. The socket is set non-blocking, so that a read is first tried on the spot: one system call while
/// data is flowing; only when there is none does it wait, with an empty buffer.
/// </summary>
internal sealed class SocketPipeReader(Socket socket, Uri address, BlockPool pool) : BlockPipeReader(pool)
{
    protected override bool TryReceive(Span<byte> room, out int count)
    {
        SocketError error;
        try
        {
            // The overload with an out error neither throws nor allocates when there is nothing to read.
            count = socket.Receive(room, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException e)
        {
            throw Failure(e);
        }

        return error switch
        {
            SocketError.Success => true,
            SocketError.WouldBlock or SocketError.IOPending => false,
            _ => throw Failure(new SocketException((int)error)),
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(room, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure(e);
        }
    }

    private NetworkException Failure(Exception cause) => SocketFailure.WhileReading(address, cause);
}
