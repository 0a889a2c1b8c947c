using System;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.SimulationTests.Network;

/// <summary>Hands what is flushed to the wire, at once: its buffer has no bound.</summary>
internal sealed class SimPipeWriter(Action<ReadOnlyMemory<byte>> send) : PipeWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;
    private bool _isBroken;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    /// <summary>The connection is gone: what is written from now on fails.</summary>
    public void Break() => _isBroken = true;

    public override void Advance(int bytes) => _length += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = _length + Math.Max(sizeHint, 1);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, _buffer.Length * 2));
        }

        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isBroken)
        {
            return ValueTask.FromException<FlushResult>(new SocketException((int)SocketError.ConnectionReset));
        }

        byte[] bytes = _buffer.AsSpan(0, _length).ToArray();
        _length = 0;
        send(bytes);
        return default;
    }

    public override void CancelPendingFlush()
    {
        // None is ever pending.
    }

    public override void Complete(Exception? exception = null) => _isBroken = true;
}
