using System;
using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <summary>
/// The write side of a line: any number of senders, one ordered stream. A sender encodes its frame into the pending buffer under a short
/// lock; whoever finds no flush under way carries the buffer to the transport, together with all that others append meanwhile. No lock is held
/// while bytes are written.
/// </summary>
/// <remarks>
/// Thread-safe. A pong goes out ahead of pending data, and only the newest one does: a flood of pings costs one pending frame
/// (RFC 6455 section 5.5.3, RELIABILITY B38). The first failure ends the sender; all later sends fail with it.
/// </remarks>
internal sealed class FrameSender
{
    private const byte PongOpcode = (byte)ControlFrame.Pong;

    private readonly PipeWriter _output;
    private readonly IFrameEncoder _encoder;
    private readonly Lock _lock = new();
    private readonly byte[] _pong = new byte[WebSocket.FrameHeader.MaxControlPayload];
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _flushing = new();
    private int _pongLength = -1;
    private TaskCompletionSource? _drained;
    private Exception? _failure;

    public FrameSender(PipeWriter output, IFrameEncoder encoder)
    {
        _output = output;
        _encoder = encoder;
    }

    /// <summary>Sends a frame; completes when it has been handed to the transport.</summary>
    public Task SendAsync(byte opcode, ReadOnlySpan<byte> payload)
    {
        TaskCompletionSource drained;
        lock (_lock)
        {
            if (_failure is not null)
            {
                return Task.FromException(_failure);
            }

            Append(opcode, payload);
            if (_drained is not null)
            {
                return _drained.Task;
            }

            drained = _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = FlushAsync(drained);
        return drained.Task;
    }

    /// <summary>Answers a ping. Never waits; a pong that has not gone out yet is replaced.</summary>
    public void SendPong(ReadOnlySpan<byte> payload)
    {
        Debug.Assert(payload.Length <= _pong.Length, "the parser refuses longer control frames");
        TaskCompletionSource drained;
        lock (_lock)
        {
            payload.CopyTo(_pong);
            _pongLength = payload.Length;
            if (_drained is not null || _failure is not null)
            {
                return;
            }

            drained = _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = FlushAsync(drained);
    }

    private void Append(byte opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> room = _pending.GetSpan(_encoder.MaxSize(payload.Length));
        _pending.Advance(_encoder.Encode(room, opcode, payload));
    }

    /// <summary>Carries pending bytes to the transport until none are left. Its outcome is told through <paramref name="drained"/>; it never throws.</summary>
    private async Task FlushAsync(TaskCompletionSource drained)
    {
        try
        {
            while (TakePending())
            {
                FlushResult flushed = await _output.WriteAsync(_flushing.WrittenMemory).ConfigureAwait(false);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    // A pipe drops what is written after its reader has gone, and says so in this result only.
                    throw new NetworkException("the connection takes no more frames");
                }

                _flushing.ResetWrittenCount();
            }

            drained.SetResult();
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _failure = e;
                _drained = null;
            }

            drained.SetException(e);

            // A failed pong has no sender that waits for it; the read side reports the same loss.
            _ = drained.Task.Exception;
        }
    }

    private bool TakePending()
    {
        lock (_lock)
        {
            if (_pongLength >= 0)
            {
                Span<byte> room = _flushing.GetSpan(_encoder.MaxSize(_pongLength));
                _flushing.Advance(_encoder.Encode(room, PongOpcode, _pong.AsSpan(0, _pongLength)));
                _pongLength = -1;
                return true;
            }

            if (_pending.WrittenCount == 0)
            {
                _drained = null;
                return false;
            }

            (_pending, _flushing) = (_flushing, _pending);
            return true;
        }
    }
}
