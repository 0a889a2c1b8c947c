using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Transport.Sockets;

namespace PerfConn.SimulationTests.Network;

/// <summary>The product's block reader over what a wire delivers.</summary>
internal sealed class SimPipeReader(Uri address, BlockPool pool) : BlockPipeReader(address, pool)
{
    private readonly Queue<(ReadOnlyMemory<byte> Bytes, Action? Read)> _arrived = new();
    private ReadOnlyMemory<byte> _front;
    private Action? _frontRead;
    private TaskCompletionSource<int>? _waiting;
    private bool _isFinished;
    private bool _isReset;

    private bool IsReady => !_front.IsEmpty || _arrived.Count > 0 || _isFinished;

    /// <summary>Bytes are there.</summary>
    /// <param name="bytes">Which, not empty.</param>
    /// <param name="read">Told when the line has taken the last of them; never, when it does not.</param>
    public void Arrive(ReadOnlyMemory<byte> bytes, Action? read)
    {
        if (!_isFinished)
        {
            _arrived.Enqueue((bytes, read));
            Wake();
        }
    }

    public void Finish(bool isReset)
    {
        _isFinished = true;
        _isReset |= isReset;
        Wake();
    }

    protected override bool TryReceive(Span<byte> room, out int count)
    {
        count = 0;
        if (_isReset)
        {
            // As a socket does: what had not been read is gone.
            throw new SocketException((int)SocketError.ConnectionReset);
        }

        while (!room.IsEmpty && (!_front.IsEmpty || TryTakeNext()))
        {
            int size = Math.Min(room.Length, _front.Length);
            _front.Span[..size].CopyTo(room);
            _front = _front[size..];
            room = room[size..];
            count += size;
            if (_front.IsEmpty)
            {
                _frontRead?.Invoke();
            }
        }

        return count > 0 || _isFinished;
    }

    protected override async ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (IsReady)
        {
            return 0;
        }

        var waiting = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting = waiting;
        using CancellationTokenRegistration registration = cancellationToken.Register(() => waiting.TrySetCanceled(cancellationToken));
        return await waiting.Task.ConfigureAwait(false);
    }

    protected override async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        int count;
        while (!TryReceive(room.Span, out count))
        {
            await WaitForDataAsync(cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private bool TryTakeNext()
    {
        bool isThere = _arrived.TryDequeue(out (ReadOnlyMemory<byte> Bytes, Action? Read) next);
        (_front, _frontRead) = next;
        return isThere;
    }

    private void Wake()
    {
        TaskCompletionSource<int>? waiting = _waiting;
        _waiting = null;
        waiting?.TrySetResult(0);
    }
}
