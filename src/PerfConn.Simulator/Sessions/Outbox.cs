using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Simulator.Sessions;

/// <summary>What is to be sent beside ticks: answers, control frames, injected bytes, in order. Two buffers change places, so nothing is copied twice.</summary>
/// <remarks>Used under the session's lock.</remarks>
internal sealed class Outbox
{
    private static readonly WebSocketFrameEncoder s_encoder = new(keys: null);

    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _sending = new();
    private int _pendingFrames;
    private List<TaskCompletionSource>? _waiters;

    /// <summary>Bytes that wait.</summary>
    public int PendingBytes => _pending.WrittenCount;

    public void AddFrame(byte opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> room = _pending.GetSpan(s_encoder.MaxSize(payload.Length));
        _pending.Advance(s_encoder.Encode(room, opcode, payload));
        _pendingFrames++;
    }

    public void AddRaw(ReadOnlySpan<byte> bytes) => _pending.Write(bytes);

    /// <summary>A task that completes when all that waits now has been handed to the transport, or never will be.</summary>
    public Task WhenSent()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_waiters ??= []).Add(waiter);
        return waiter.Task;
    }

    /// <summary>Takes all that waits; what was taken before is given up.</summary>
    public Batch Take()
    {
        (_pending, _sending) = (_sending, _pending);
        _pending.ResetWrittenCount();
        var batch = new Batch(_sending.WrittenMemory, _pendingFrames, 0, _waiters);
        _pendingFrames = 0;
        _waiters = null;
        return batch;
    }
}
