using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Lets a pipe writer, which only writes asynchronously, write to a stream by blocking calls. A small write goes out on the caller's thread when the kernel says that it
/// has room; any other blocks a pool thread, never the caller. Aborting the socket ends a blocked write; its send timeout bounds it besides.
/// </summary>
/// <remarks>One write at a time, as a pipe writer makes them. Allocates nothing per write.</remarks>
internal sealed class BlockingWriteStream : Stream, IValueTaskSource, IThreadPoolWorkItem
{
    /// <summary>
    /// An eighth of the send buffer, 16 KiB at most. Linux calls a socket writable when a third of its buffer is free, counted with the kernel's own overhead of up to
    /// the payload's size, so this much does not block.
    /// </summary>
    private readonly int _inlineLimit;

    private readonly Stream _stream;
    private readonly Socket _socket;
    private ManualResetValueTaskSourceCore<bool> _core;
    private ReadOnlyMemory<byte> _bytes;

    public BlockingWriteStream(Stream stream, Socket socket)
    {
        _stream = stream;
        _socket = socket;
        _inlineLimit = Math.Min(16 * 1024, socket.SendBufferSize / 8);
    }

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
        try
        {
            if (buffer.Length <= _inlineLimit && _socket.Poll(0, SelectMode.SelectWrite))
            {
                _stream.Write(buffer.Span);
                return default;
            }
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }

        Debug.Assert(_bytes.IsEmpty, "a pipe writer makes one write at a time");
        _core.Reset();
        _bytes = buffer;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask(this, _core.Version);
    }

    void IThreadPoolWorkItem.Execute()
    {
        ReadOnlyMemory<byte> bytes = _bytes;
        _bytes = default;
        Exception? failure = null;
        try
        {
            _stream.Write(bytes.Span);
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (failure is null)
        {
            _core.SetResult(true);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
