using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Writes to a non-blocking socket: on the spot while the kernel has room, which is one system call and nothing else; only what does not fit waits for the runtime's
/// engine, and only then its 300 bytes of state are made. The framework's own writer over a stream is 260 bytes more, for every idle line.
/// </summary>
/// <remarks>One write at a time, as for any pipe writer. A write that is cancelled throws; <see cref="CancelPendingFlush"/> has no effect.</remarks>
internal sealed class SocketPipeWriter(Socket socket) : PipeWriter
{
    /// <summary>What was written by parts and not flushed; a line writes whole frames and needs none.</summary>
    private ArrayBufferWriter<byte>? _parts;
    private bool _isCompleted;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _parts?.WrittenCount ?? 0;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (UnflushedBytes > 0)
        {
            _parts!.Write(source.Span);
            return FlushAsync(cancellationToken);
        }

        return SendAsync(source, cancellationToken);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (UnflushedBytes > 0)
        {
            try
            {
                await SendAsync(_parts!.WrittenMemory, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _parts!.ResetWrittenCount();
            }
        }

        return default;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => Parts().GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Parts().GetSpan(sizeHint);

    public override void Advance(int bytes) => Parts().Advance(bytes);

    public override void CancelPendingFlush()
    {
    }

    /// <summary>Nothing is written any more; what was not flushed is dropped. The socket is its transport's.</summary>
    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        _parts = null;
    }

    private ArrayBufferWriter<byte> Parts()
    {
        ThrowIfCompleted();
        return _parts ??= new ArrayBufferWriter<byte>();
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("The writer has been completed.");
        }
    }

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ThrowIfCompleted();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        int sent;
        SocketError error;
        try
        {
            sent = socket.Send(bytes.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }

        return error switch
        {
            SocketError.Success when sent == bytes.Length => default,
            SocketError.Success or SocketError.WouldBlock or SocketError.IOPending => SendRestAsync(bytes[sent..], cancellationToken),
            _ => ValueTask.FromException<FlushResult>(new IOException("the socket could not be written", new SocketException((int)error))),
        };
    }

    private async ValueTask<FlushResult> SendRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (!rest.IsEmpty)
        {
            int sent = await socket.SendAsync(rest, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            rest = rest[sent..];
        }

        return default;
    }
}
