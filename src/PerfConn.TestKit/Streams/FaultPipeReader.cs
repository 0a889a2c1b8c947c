using System;
using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;

namespace PerfConn.TestKit.Streams;

/// <summary>
/// Shows its consumer a window on what the inner reader has: up to the byte that the plan has let through. What is shown are the inner reader's own bytes,
/// copied only while a spoiled one is among them.
/// </summary>
internal class FaultPipeReader(FaultTransport transport, PipeReader inner, ByteFaults faults, Random random) : PipeReader, ILeaseSource
{
    private readonly ByteGate _gate = new(faults, random);
    private ReadOnlySequence<byte> _innerBuffer;
    private ReadOnlySequence<byte> _shown;
    private long _consumed;
    private long _revealed;
    private bool _wantsMore = true;
    private volatile bool _cancelRequested;
    private volatile CancellationTokenSource? _waiting;

    protected PipeReader Inner => inner;

    protected FaultTransport Transport => transport;

    public sealed override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        CountRead();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryCancel(out ReadResult result) || TryPass(out result, out Gate gate))
            {
                return result;
            }

            switch (gate)
            {
                case Gate.Open:
                    try
                    {
                        return Show(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));
                    }
                    catch (NetworkException)
                    {
                        if (IsOurEnd(out result))
                        {
                            return result;
                        }

                        throw;
                    }

                default:
                    await WaitAsync(gate, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    public sealed override bool TryRead(out ReadResult result)
    {
        if (TryCancel(out result) || TryPass(out result, out Gate gate))
        {
            return true;
        }

        if (gate == Gate.Open && inner.TryRead(out ReadResult read))
        {
            result = Show(read);
            return true;
        }

        return false;
    }

    public sealed override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public sealed override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_shown.Start.GetObject() is null)
        {
            // Nothing was shown: a cancelled read, or the end.
            return;
        }

        long taken = consumed.GetObject() is null ? 0 : _shown.Slice(0, consumed).Length;
        long seen = examined.GetObject() is null ? 0 : _shown.Slice(0, examined).Length;
        _wantsMore = seen >= _shown.Length;
        _consumed += taken;

        // What is still behind the window, or must be shown once more at a cut, must not make the inner reader wait for further bytes.
        SequencePosition position = _innerBuffer.GetPosition(taken);
        bool isDry = _wantsMore && _shown.Length == _innerBuffer.Length && _gate.At(_revealed) is Gate.Open or Gate.Pause;
        inner.AdvanceTo(position, isDry ? _innerBuffer.End : position);
        _innerBuffer = _shown = default;
    }

    public sealed override void CancelPendingRead()
    {
        _cancelRequested = true;
        _waiting?.Cancel();
        inner.CancelPendingRead();
    }

    public sealed override void Complete(Exception? exception = null)
    {
        bool fails = transport.Operations.Fails("complete the input");
        inner.Complete(exception);
        if (fails)
        {
            throw new System.IO.IOException("fault injected: " + transport.Operations.Failed);
        }
    }

    /// <summary>The inner reader copies what does not stand in its block.</summary>
    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) =>
        (inner as ILeaseSource ?? CopyingLeaseSource.Shared).TryLease(bytes, out lease);

    protected void CountRead()
    {
        if (transport.Operations.Fails("read"))
        {
            transport.Reset(transport.Operations.Failed!);
        }

        transport.ThrowIfReset();
    }

    /// <summary>Gives what can be given without asking the inner reader for further bytes.</summary>
    protected bool TryPass(out ReadResult result, out Gate gate)
    {
        transport.ThrowIfReset();
        result = default;
        gate = _wantsMore ? transport.IsClosed ? Gate.Cut : _gate.At(_revealed) : Gate.Open;
        if (gate != Gate.Cut)
        {
            return false;
        }

        // The end comes with whatever was shown and not consumed: half a frame, for its consumer to see that it is half a frame.
        long rest = _revealed - _consumed;
        ReadOnlySequence<byte> bytes = default;
        if (rest > 0 && inner.TryRead(out ReadResult again))
        {
            _innerBuffer = again.Buffer;
            bytes = Spoiled(again.Buffer.Slice(0, rest));
        }

        if (!transport.IsClosed)
        {
            Cut();
        }

        _shown = bytes;
        result = new ReadResult(bytes, isCanceled: false, isCompleted: true);
        return true;
    }

    /// <summary>Whether an inner read failed only because the plan has ended the connection in good order.</summary>
    protected bool IsOurEnd(out ReadResult result)
    {
        result = new ReadResult(default, isCanceled: false, isCompleted: true);
        transport.ThrowIfReset();
        return transport.IsClosed;
    }

    /// <summary>The pause that a gate asks for is over.</summary>
    protected void Paused() => _gate.Paused();

    /// <summary>How long a gate holds its reader up.</summary>
    protected TimeSpan LengthOf(Gate gate) => gate == Gate.Pause ? faults.TrickleInterval : Timeout.InfiniteTimeSpan;

    protected ReadResult Show(in ReadResult read)
    {
        transport.ThrowIfReset();
        _innerBuffer = read.Buffer;
        long end = _consumed + read.Buffer.Length;
        Debug.Assert(end >= _revealed || read.IsCanceled, "the inner reader gives again what was not consumed");
        if (_wantsMore && end > _revealed)
        {
            _revealed = _gate.EndOfPiece(_revealed, end);
        }

        _revealed = Math.Min(_revealed, end);
        _shown = Spoiled(read.Buffer.Slice(0, _revealed - _consumed));
        return new ReadResult(_shown, read.IsCanceled, read.IsCompleted && _revealed == end);
    }

    private void Cut()
    {
        switch (faults.CutBy)
        {
            case CutKind.Reset:
                transport.Reset($"read: {faults}");
                transport.ThrowIfReset();
                break;
            case CutKind.Close:
                transport.Close();
                break;
        }
    }

    private bool TryCancel(out ReadResult result)
    {
        result = default;
        if (!_cancelRequested)
        {
            return false;
        }

        _cancelRequested = false;
        result = new ReadResult(default, isCanceled: true, isCompleted: false);
        return true;
    }

    private ReadOnlySequence<byte> Spoiled(in ReadOnlySequence<byte> bytes)
    {
        if (faults.CorruptAt is not { } place || place < _consumed || place >= _consumed + bytes.Length)
        {
            return bytes;
        }

        byte[] copy = bytes.ToArray();
        copy[place - _consumed] ^= faults.CorruptMask;
        return new ReadOnlySequence<byte>(copy);
    }

    private async Task WaitAsync(Gate gate, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, transport.Aborted);
        _waiting = waiting;
        try
        {
            if (!_cancelRequested)
            {
                await Task.Delay(LengthOf(gate), transport.Time, waiting.Token).ConfigureAwait(false);
                _gate.Paused();
            }
        }
        catch (OperationCanceledException)
        {
            // The caller's loop finds out whose cancellation it was.
        }
        finally
        {
            _waiting = null;
        }
    }
}
