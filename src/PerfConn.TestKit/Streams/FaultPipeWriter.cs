using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.TestKit.Streams;

/// <summary>Keeps what is written until it is flushed, and carries it to the inner writer as the plan lets it.</summary>
internal sealed class FaultPipeWriter(FaultTransport transport, PipeWriter inner, ByteFaults faults, Random random) : PipeWriter
{
    private static readonly FlushResult s_nobodyReads = new(isCanceled: false, isCompleted: true);

    private readonly ByteGate _gate = new(faults, random);
    private readonly ArrayBufferWriter<byte> _pending = new();
    private long _written;
    private bool _halfClosed;
    private volatile CancellationTokenSource? _waiting;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _pending.WrittenCount;

    public override void Advance(int bytes) => _pending.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _pending.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _pending.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
        _waiting?.Cancel();
        inner.CancelPendingFlush();
    }

    public override void Complete(Exception? exception = null)
    {
        bool fails = transport.Operations.Fails("complete the output");
        inner.Complete(exception);
        if (fails)
        {
            throw new IOException("fault injected: " + transport.Operations.Failed);
        }
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (transport.Operations.Fails("flush"))
        {
            transport.Reset(transport.Operations.Failed!);
        }

        ReadOnlyMemory<byte> bytes = _pending.WrittenMemory;
        try
        {
            return await CarryAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.ResetWrittenCount();
        }
    }

    private async ValueTask<FlushResult> CarryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // Asked once before the first byte and once after the last: a cut at the very end of a write is a cut after it.
        long end = _written + bytes.Length;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            transport.ThrowIfResetForWriting();
            Gate gate = transport.IsClosed || _halfClosed ? Gate.Cut : _gate.At(_written);
            if (gate == Gate.Cut)
            {
                return Cut();
            }

            if (_written == end)
            {
                return default;
            }

            if (gate == Gate.Swallow)
            {
                _written = end;
                return default;
            }

            if (gate != Gate.Open)
            {
                if (!await WaitAsync(gate, cancellationToken).ConfigureAwait(false))
                {
                    return new FlushResult(isCanceled: true, isCompleted: false);
                }

                continue;
            }

            int length = (int)(_gate.EndOfPiece(_written, end) - _written);
            FlushResult flushed = await inner.WriteAsync(Spoiled(bytes[^(int)(end - _written)..][..length]), cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                transport.ThrowIfResetForWriting();
                return flushed;
            }

            _written += length;
        }
    }

    private FlushResult Cut()
    {
        if (!_halfClosed && !transport.IsClosed)
        {
            switch (faults.CutBy)
            {
                case CutKind.Reset:
                    transport.Reset($"write: {faults}");
                    transport.ThrowIfResetForWriting();
                    break;
                case CutKind.Close:
                    transport.Close();
                    break;
                default:
                    _halfClosed = true;
                    inner.Complete();
                    break;
            }
        }

        return s_nobodyReads;
    }

    private ReadOnlyMemory<byte> Spoiled(ReadOnlyMemory<byte> piece)
    {
        if (faults.CorruptAt is not { } place || place < _written || place >= _written + piece.Length)
        {
            return piece;
        }

        byte[] copy = piece.ToArray();
        copy[place - _written] ^= faults.CorruptMask;
        return copy;
    }

    /// <summary>Waits until the gate may be asked again; false when the flush was cancelled.</summary>
    private async Task<bool> WaitAsync(Gate gate, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, transport.Aborted);
        _waiting = waiting;
        try
        {
            await Task.Delay(gate == Gate.Pause ? faults.TrickleInterval : Timeout.InfiniteTimeSpan, transport.Time, waiting.Token).ConfigureAwait(false);
            _gate.Paused();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return transport.Aborted.IsCancellationRequested;
        }
        finally
        {
            _waiting = null;
        }

        return true;
    }
}
