using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PerfConn.Transport.Sockets;

/// <summary>A TCP or TLS connection: reads go straight into pooled blocks, writes to the socket, or through the framework's stream writer where a stream is between.</summary>
internal sealed class SocketTransport : ITransport, IHalfClose
{
    private readonly Socket _socket;
    private readonly Stream? _stream;

    public SocketTransport(Socket socket, EndPoint? remote, Stream stream, BlockPipeReader input, Stream? output = null)
        : this(socket, remote, input, PipeWriter.Create(output ?? stream, new StreamPipeWriterOptions(leaveOpen: true))) => _stream = stream;

    /// <summary>Without a stream between it and the socket.</summary>
    public SocketTransport(Socket socket, EndPoint? remote, BlockPipeReader input, PipeWriter output)
    {
        _socket = socket;
        Input = input;
        Output = output;

        // Whom it was connected to is known; to ask the socket is a system call and two objects.
        RemoteEndPoint = remote;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public TransportContent Content => TransportContent.Bytes;

    public EndPoint? RemoteEndPoint { get; }

    public void Abort() => _socket.Dispose();

    public async ValueTask CloseOutputAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection has gone before its goodbye.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is null)
        {
            _socket.Dispose();
            return;
        }

        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // A farewell that cannot be said any more (close_notify on a dead connection) changes nothing.
        }

        _socket.Dispose();
    }
}
