using System;
using System.Buffers;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace PerfConn.Framing;

/// <summary>
/// One send that has to wait: for room, for its chunk to be written, or for both. Reused: it goes back to its sender when its result is taken. One whose task is
/// never awaited is left to the garbage collector.
/// </summary>
/// <remarks>Continuations always go to the thread pool (or to the context that was captured), never onto the stack of whoever flushes.</remarks>
internal sealed class PendingSend(FrameSender owner) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private ReadOnlyMemory<byte> _payload;
    private byte[]? _copy;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    public PendingSend? Next { get; set; }

    public PendingSend? Previous { get; set; }

    public byte Opcode { get; private set; }

    public int Length { get; private set; }

    /// <summary>Whether it still waits for room, and so can be cancelled without a trace.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Why the encoder would not have it, though there was room at last; null for all others.</summary>
    public Exception? Rejection { get; set; }

    /// <summary>Whether the payload was copied, and counts against the bound on copies.</summary>
    public bool IsCopy => _copy is not null;

    public ReadOnlySpan<byte> Payload => _payload.Span;

    public ValueTask Task => new(this, _core.Version);

    /// <summary>Waits for room with the caller's own memory, which stays as it is until the send completes.</summary>
    public void Wait(byte opcode, ReadOnlyMemory<byte> payload)
    {
        Debug.Assert(!IsWaiting, "a send waits once");
        Opcode = opcode;
        _payload = payload;
        Length = payload.Length;
        IsWaiting = true;
    }

    /// <summary>Waits for room with a copy.</summary>
    public void Wait(byte opcode, ReadOnlySpan<byte> payload)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        Wait(opcode, copy.AsMemory(0, payload.Length));
        _copy = copy;
    }

    /// <summary>Lets the token end the wait. A token that is cancelled already does so here and now.</summary>
    public void CancelWith(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _token = token;
            _registration = token.UnsafeRegister(
                static (state, token) =>
                {
                    var send = (PendingSend)state!;
                    send.Owner.Cancel(send, token);
                },
                this);
        }
    }

    /// <summary>
    /// Whether this token may end its wait. A callback that comes late finds the object in another use, and then acts only if that one has the same token, which
    /// is as well.
    /// </summary>
    public bool IsCancelledBy(CancellationToken token) => IsWaiting && _token == token;

    /// <summary>The wait for room is over, one way or the other.</summary>
    public void EndWait()
    {
        IsWaiting = false;
        _payload = default;
        _token = default;

        // Unregister does not wait for a callback that is running; Dispose would, and that callback may be waiting for the lock held here.
        _registration.Unregister();
        _registration = default;
        if (_copy is not null)
        {
            ArrayPool<byte>.Shared.Return(_copy);
            _copy = null;
        }
    }

    public void Succeed() => _core.SetResult(true);

    public void Fail(Exception error) => _core.SetException(error);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("the result of a send was asked for before the send had completed");
        }

        try
        {
            _core.GetResult(token);
        }
        finally
        {
            Rejection = null;
            _core.Reset();
            Owner.Return(this);
        }
    }

    private FrameSender Owner { get; } = owner;
}
