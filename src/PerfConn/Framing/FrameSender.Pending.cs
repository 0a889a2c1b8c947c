using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <content>What is accepted, what waits for room, and what is kept for reuse. All of it belongs to whoever holds <c>_turn</c>.</content>
internal sealed partial class FrameSender
{
    /// <summary>Sends that are kept for reuse: that many concurrent senders wait for nothing but their flush and allocate nothing.</summary>
    private const int MaxSpareSends = 64;

    private SendChunk? _head;
    private SendChunk? _tail;
    private PendingSendList _waiting;
    private long _copiedBytes;
    private PendingSend? _spareSends;
    private int _spareSendCount;

    /// <summary>A waiting send's token was cancelled.</summary>
    public void Cancel(PendingSend send, CancellationToken token)
    {
        lock (_turn)
        {
            if (!send.IsCancelledBy(token))
            {
                return;
            }

            _waiting.Remove(send);
            EndWait(send);
        }

        send.Fail(new OperationCanceledException(token));
    }

    /// <summary>A send's result has been taken.</summary>
    public void Return(PendingSend send)
    {
        lock (_turn)
        {
            if (_spareSendCount < MaxSpareSends)
            {
                _spareSendCount++;
                send.Next = _spareSends;
                _spareSends = send;
            }
        }
    }

    private bool HasRoom(int payloadLength) =>
        _waiting.IsEmpty && (_pendingBytes == 0 || _pendingBytes + _encoder.MaxSize(payloadLength) <= _limits.MaxPendingBytes);

    private SendChunk Append(byte opcode, ReadOnlySpan<byte> payload)
    {
        int most = _encoder.MaxSize(payload.Length);
        SendChunk chunk = _tail is not null && _tail.Room >= most ? _tail : SendChunk.Rent(most);
        int size;
        try
        {
            size = _encoder.Encode(chunk.Free, opcode, payload);
        }
        catch when (chunk != _tail)
        {
            chunk.Return();
            throw;
        }

        Debug.Assert(size <= most, "an encoder keeps to the size that it names");
        chunk.Advance(size);
        _pendingBytes += size;
        if (chunk != _tail)
        {
            // Linked only now: an encoder that throws leaves no empty chunk behind.
            _ = _tail is null ? _head = chunk : _tail.Next = chunk;
            _tail = chunk;
        }

        return chunk;
    }

    private ValueTask Join(SendChunk chunk)
    {
        PendingSend send = RentSend();
        chunk.Sends.Add(send);
        return send.Task;
    }

    private ValueTask Wait(byte opcode, ReadOnlySpan<byte> payload, ReadOnlyMemory<byte> memory, bool mustCopy, CancellationToken cancellationToken)
    {
        if (mustCopy && _copiedBytes > 0 && _copiedBytes + payload.Length > _limits.MaxPendingBytes)
        {
            return ValueTask.FromException(new SendBufferFullException(_address, _pendingBytes, _copiedBytes));
        }

        PendingSend send = RentSend();
        if (mustCopy)
        {
            send.Wait(opcode, payload);
            _copiedBytes += payload.Length;
        }
        else
        {
            send.Wait(opcode, memory);
        }

        _waiting.Add(send);
        ValueTask task = send.Task;

        // A token that is cancelled by now calls back here and now; the lock lets its owner in again.
        send.CancelWith(cancellationToken);
        return task;
    }

    /// <summary>Room has come: first come, first served. A large message at the front is not overtaken by small ones behind it.</summary>
    private void Admit(ref PendingSendList done)
    {
        while (_waiting.First is { } send
            && (_pendingBytes == 0 || _pendingBytes + _encoder.MaxSize(send.Length) <= _limits.MaxPendingBytes))
        {
            SendChunk? chunk = null;
            try
            {
                chunk = Append(send.Opcode, send.Payload);
            }
            catch (Exception e)
            {
                // A message that the framing cannot write: its own sender is told, on whichever thread this is; the others go on.
                send.Rejection = e;
            }

            _waiting.Remove(send);
            EndWait(send);
            if (chunk is null)
            {
                done.Add(send);
            }
            else
            {
                chunk.Sends.Add(send);
            }
        }
    }

    private void TakeWaiting(ref PendingSendList taken)
    {
        while (_waiting.First is { } send)
        {
            _waiting.Remove(send);
            EndWait(send);
            taken.Add(send);
        }
    }

    private void EndWait(PendingSend send)
    {
        _copiedBytes -= send.IsCopy ? send.Length : 0;
        send.EndWait();
    }

    private PendingSend RentSend()
    {
        if (_spareSends is not { } send)
        {
            return new PendingSend(this);
        }

        _spareSends = send.Next;
        _spareSendCount--;
        send.Next = null;
        return send;
    }
}
