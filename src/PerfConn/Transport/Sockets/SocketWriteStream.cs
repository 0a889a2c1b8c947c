using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Lets a pipe writer write to a non-blocking socket: on the spot while the kernel has room, which is one system call and nothing else; only what does not fit waits for
/// the runtime's engine, and only then its 300 bytes of state are made.
/// </summary>
/// <remarks>One write at a time, as a pipe writer makes them.</remarks>
internal sealed class SocketWriteStream(Socket socket) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int sent;
        SocketError error;
        try
        {
            sent = socket.Send(buffer.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException(e);
        }

        return error switch
        {
            SocketError.Success when sent == buffer.Length => default,
            SocketError.Success or SocketError.WouldBlock or SocketError.IOPending => WriteRestAsync(buffer[sent..], cancellationToken),
            _ => ValueTask.FromException(new IOException("the socket could not be written", new SocketException((int)error))),
        };
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (!rest.IsEmpty)
        {
            int sent = await socket.SendAsync(rest, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            rest = rest[sent..];
        }
    }
}
