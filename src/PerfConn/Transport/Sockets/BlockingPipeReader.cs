using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads a connection by blocking calls only, plain or TLS. The socket's first asynchronous call would hand it to the runtime's engine for good; here even
/// the opening handshake's reads block, on a borrowed pool thread.
/// </summary>
internal sealed class BlockingPipeReader(Stream stream, Socket socket, Uri address, BlockPool pool, DirectSocketStream? direct)
    : BlockPipeReader(address, pool, direct?.Arrivals), IBlockingInput
{
    public ReadResult Read()
    {
        if (TryRead(out ReadResult result))
        {
            return result;
        }

        try
        {
            direct?.Polls = true;
            return Filled(stream.Read(NextRoom().Span));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw Failure(e);
        }
    }

    protected override bool TryReceive(Span<byte> room, out int count)
    {
        count = -1;
        return false;
    }

    /// <summary>Nothing to wait for: the read itself blocks.</summary>
    protected override ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken) => new(0);

    protected override async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        direct?.Polls = false;

        // A blocked read ends only with its socket. Whoever cancels one (the connect deadline, the drain's) gives the connection up anyway.
        CancellationTokenRegistration cut = cancellationToken.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        await using (cut.ConfigureAwait(false))
        {
            return await Task.Run(() => stream.Read(room.Span), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
