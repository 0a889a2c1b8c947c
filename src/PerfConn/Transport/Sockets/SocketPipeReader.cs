using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads a plain TCP socket. The socket is set non-blocking, so that a read is first tried on the spot: one system call while
/// data is flowing; only when there is none does it wait, with an empty buffer.
/// </summary>
internal sealed class SocketPipeReader(Socket socket, Uri address, BlockPool pool, ArrivalClock? arrivals = null) : BlockPipeReader(address, pool, arrivals)
{
    private readonly ArrivalClock? _arrivals = arrivals;

    protected override bool TryReceive(Span<byte> room, out int count) => _arrivals is null ? TryReceivePlain(room, out count) : TryReceiveTimed(room, _arrivals, out count);

    private bool TryReceivePlain(Span<byte> room, out int count)
    {
        SocketError error;
        try
        {
            // The overload with an out error neither throws nor allocates when there is nothing to read.
            count = socket.Receive(room, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException e)
        {
            // The line was aborted between two reads.
            throw Failure(e);
        }

        return error switch
        {
            SocketError.Success => true,
            SocketError.WouldBlock or SocketError.IOPending => false,
            _ => throw Failure(new SocketException((int)error)),
        };
    }

    private bool TryReceiveTimed(Span<byte> room, ArrivalClock arrivals, out int count)
    {
        try
        {
            count = NativeReceive.Receive(socket.SafeHandle, room, waits: false, out long arrived);
            arrivals.Record(arrived);
            return count != NativeReceive.WouldBlock;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure(e);
        }
    }

    protected override ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken) =>
        socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken);

    protected override ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(room, SocketFlags.None, cancellationToken);
}
