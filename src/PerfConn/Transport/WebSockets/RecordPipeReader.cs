using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Transport.Sockets;

namespace PerfConn.Transport.WebSockets;

/// <summary>
/// Asks a <see cref="WebSocket"/> for messages when its consumer asks, and writes them as message records into a pooled block: as many as there are
/// without waiting. No loop of its own, no pipe, no flush for every message.
/// </summary>
/// <remarks>
/// A receive of the framework's cannot be taken back, and one that is cancelled ends the connection. So each goes into a small buffer of this
/// reader's own, from which a finished message is copied; a cancelled read leaves the receive pending for the next one.
/// </remarks>
internal sealed class RecordPipeReader : BlockPipeReader, IValueTaskSource
{
    private const int MaxClose = 125;

    private readonly WebSocket _socket;
    private readonly Uri _address;
    private readonly byte[] _message;
    private readonly Action _onReceived;
    private ValueTask<ValueWebSocketReceiveResult> _pending;
    private bool _isPending;
    private bool _isHooked;
    private bool _isClosed;

    /// <summary>1 while a read waits; who sets it to 0 wakes it.</summary>
    private int _waiting;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = false };

    public RecordPipeReader(WebSocket socket, Uri address, BlockPool pool, int receiveBufferSize)
        : base(address, pool)
    {
        _socket = socket;
        _address = address;

        // A block has to have room for the largest record whenever it is read into; it is read into with at least a quarter free.
        _message = GC.AllocateUninitializedArray<byte>(Math.Min(receiveBufferSize, (pool.BlockSize / 4) - MessageRecord.HeaderSize - MaxClose));
        _onReceived = Wake;
    }

    /// <summary>
    /// Waits for a receive that is still under way and drops what it brings: the framework allows one at a time, and the reader has gone. False when the token was
    /// cancelled before.
    /// </summary>
    public async ValueTask<bool> DropPendingAsync(CancellationToken cancellationToken)
    {
        if (!_isPending)
        {
            return true;
        }

        try
        {
            if (!_pending.IsCompleted)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            _isPending = false;
            _ = _pending.GetAwaiter().GetResult();
        }
        catch (Exception) when (!_isPending)
        {
            // It failed, which is as good as done.
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    /// <summary>Nothing can be had without the room as memory: every read takes the other way, which does not wait when there is something.</summary>
    protected override bool TryReceive(Span<byte> room, out int count)
    {
        count = 0;
        return false;
    }

    protected override ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken)
    {
        Begin();
        return !_isPending || _pending.IsCompleted ? new ValueTask<int>(0) : WaitAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (!_isClosed && room.Length - filled >= MessageRecord.HeaderSize + _message.Length + MaxClose)
        {
            Begin();
            if (!_pending.IsCompleted)
            {
                if (filled > 0)
                {
                    break;
                }

                await WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            filled += Take(room.Span[filled..]);
        }

        Debug.Assert(filled > 0 || _isClosed, "only the end of the stream brings nothing");
        return filled;
    }

    private void Begin()
    {
        if (!_isPending && !_isClosed)
        {
#pragma warning disable CA2012 // Kept so that a cancelled read can leave it pending; consumed once, in Take or DropPendingAsync.
            _pending = _socket.ReceiveAsync(_message.AsMemory(), CancellationToken.None);
#pragma warning restore CA2012
            _isPending = true;
            _isHooked = false;
        }
    }

    /// <summary>Waits until the pending receive is done or the token is cancelled.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        // Again after a wake-up that came from neither: the continuation of an earlier receive may run late, when a cancelled read has already seen that one done.
        do
        {
            _wake.Reset();
            Volatile.Write(ref _waiting, 1);
            if (!_isHooked)
            {
                _isHooked = true;
                _pending.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onReceived);
            }
            else if (_pending.IsCompleted)
            {
                // Its continuation has run, or runs now, perhaps before the flag above was set.
                Wake();
            }

            CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((RecordPipeReader)state!).Wake(), this);
            await using (registration.ConfigureAwait(false))
            {
                await new ValueTask(this, _wake.Version).ConfigureAwait(false);
            }

            if (!_pending.IsCompleted)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        while (!_pending.IsCompleted);

        return 0;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _wake.SetResult(true);
        }
    }

    /// <summary>Turns the finished receive into a record; 0 at the end of the stream.</summary>
    private int Take(Span<byte> room)
    {
        _isPending = false;
        ValueWebSocketReceiveResult result;
        try
        {
            result = _pending.GetAwaiter().GetResult();
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
        {
            // The peer went away without a Close frame: for the layers above simply the end of the stream.
            _isClosed = true;
            return 0;
        }
        catch (Exception e)
        {
            throw new NetworkException(_address, "the connection was lost: " + e.Message, e);
        }

        if (result.MessageType == WebSocketMessageType.Close)
        {
            _isClosed = true;
            return WriteClose(room);
        }

        byte opcode = result.MessageType == WebSocketMessageType.Text ? MessageRecord.Text : MessageRecord.Binary;
        new MessageRecord(result.Count, opcode, result.EndOfMessage).WriteTo(room);
        _message.AsSpan(0, result.Count).CopyTo(room[MessageRecord.HeaderSize..]);
        return MessageRecord.HeaderSize + result.Count;
    }

    private int WriteClose(Span<byte> room)
    {
        byte[] reason = Encoding.UTF8.GetBytes(_socket.CloseStatusDescription ?? "");
        int length = _socket.CloseStatus is null ? 0 : 2 + reason.Length;
        new MessageRecord(length, MessageRecord.Close, EndOfMessage: true).WriteTo(room);
        if (length > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room[MessageRecord.HeaderSize..], (ushort)_socket.CloseStatus!.Value);
            reason.CopyTo(room[(MessageRecord.HeaderSize + 2)..]);
        }

        return MessageRecord.HeaderSize + length;
    }
}
