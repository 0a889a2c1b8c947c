using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>
/// Question and answer with a proxy. An answer is looked at in the kernel's buffer first and taken from there only as far as it reaches: bytes that come glued to
/// it (the venue's first, through the tunnel) stay where TLS or the line's reader will find them, without a stream in between for the rest of the line's life.
/// </summary>
/// <param name="socket">The connection to the proxy.</param>
/// <param name="blocks">Whether to block the calling thread; then every task returned is complete.</param>
internal sealed class ProxyChannel(Socket socket, bool blocks)
{
    private const int WindowSize = 2048;

    private readonly byte[] _window = new byte[WindowSize];

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            int sent = blocks
                ? socket.Send(bytes.Span, SocketFlags.None)
                : await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Reads one answer to its end.</summary>
    /// <exception cref="ProxyRefusal">The proxy closed the connection, or what it sent is no answer.</exception>
    public async ValueTask ReadAsync(IProxyReply reply, CancellationToken cancellationToken)
    {
        while (!reply.IsComplete)
        {
            int seen = await ReceiveAsync(_window, SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            if (seen == 0)
            {
                throw new ProxyRefusal(ProxyFailureReason.ClosedEarly, "closed the connection before it had answered");
            }

            int own = reply.Take(_window.AsSpan(0, seen));
            if (reply.Error is not null)
            {
                throw new ProxyRefusal(ProxyFailureReason.Garbage, "did not speak its protocol: " + reply.Error);
            }

            for (int taken = 0; taken < own;)
            {
                taken += await ReceiveAsync(_window.AsMemory(0, own - taken), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> room, SocketFlags flags, CancellationToken cancellationToken) => blocks
        ? socket.Receive(room.Span, flags)
        : await socket.ReceiveAsync(room, flags, cancellationToken).ConfigureAwait(false);
}
