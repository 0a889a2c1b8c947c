using System;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <content>
/// The flush: one carrier at a time takes a pong, then the next chunk, and so on until nothing is left. The carrier is a sender's thread, then the thread pool, or
/// whichever thread the transport completes a write on; <c>_isFlushing</c> is its baton. There is no state machine object: a write that has to be waited for calls
/// back a delegate that is made once.
/// </content>
internal sealed partial class FrameSender
{
    /// <summary>The most that is written at a time: what the deadline is over. A larger frame goes out in several writes, a pong waits for its end.</summary>
    private const int MaxWrite = 64 * 1024;

    private Action? _onWritten;
    private byte[]? _pongFrame;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _write;
    private SendChunk? _current;
    private Sweep? _sweep;
    private bool _isSweepQueued;
    private int _written;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Who carries: it decides how far, and whether somebody waits.</summary>
    private enum Carrier
    {
        /// <summary>A thread that waits for its own frame.</summary>
        Sender,

        /// <summary>A thread that has left its frame here and does not wait.</summary>
        Poster,

        /// <summary>Nobody's thread.</summary>
        Pool,
    }

    /// <summary>A pool thread takes over.</summary>
    void IThreadPoolWorkItem.Execute() => Carry(Carrier.Pool, out _);

    /// <summary>Has a pool thread look soon whether something lies there that nobody carries. Called under <c>_turn</c>; it takes no baton.</summary>
    private void SweepLater()
    {
        if (!_isSweepQueued)
        {
            _isSweepQueued = true;
            ThreadPool.UnsafeQueueUserWorkItem(_sweep ??= new Sweep(this), preferLocal: false);
        }
    }

    private void SweepNow()
    {
        lock (_turn)
        {
            _isSweepQueued = false;
            if (_failure is not null || _head is null || !TryBeginFlush())
            {
                return;
            }
        }

        Carry(Carrier.Pool, out _);
    }

    /// <summary>Carries as far as the carrier may, and gives a sender the outcome of its own frame.</summary>
    private void Carry(Carrier carrier, out ValueTask own)
    {
        own = default;
        while (TryTake())
        {
            bool isChunk = _current is not null;
            ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter write = Write();
            if (!write.IsCompleted)
            {
                own = carrier == Carrier.Sender ? JoinOwn() : default;
                _write = write;
                write.UnsafeOnCompleted(_onWritten ??= OnWritten);
                return;
            }

            if (TryFinish(write) && isChunk && _current is null && carrier != Carrier.Pool)
            {
                // It began to carry when nothing was pending, so the first chunk was its own.
                HandOver();
                return;
            }
        }

        own = carrier == Carrier.Sender && _failure is { } error ? ValueTask.FromException(error) : default;
    }

    private void OnWritten()
    {
        if (TryFinish(_write))
        {
            Carry(Carrier.Pool, out _);
        }
    }

    /// <summary>What goes out next: the rest of a large frame, else a pong, else the next chunk. Without any the baton is put down; after a failure nobody takes it up.</summary>
    private bool TryTake()
    {
        Span<byte> pong = stackalloc byte[WebSocket.FrameHeader.MaxControlPayload];
        lock (_turn)
        {
            if (_failure is not null)
            {
                return false;
            }

            if (_current is null)
            {
                int pongLength = TakePong(pong);
                if (pongLength >= 0)
                {
                    _pongFrame ??= new byte[_encoder.MaxSize(WebSocket.FrameHeader.MaxControlPayload)];
                    _bytes = _pongFrame.AsMemory(0, _encoder.Encode(_pongFrame, PongOpcode, pong[..pongLength]));
                    return true;
                }

                if (_head is null)
                {
                    return false;
                }

                _current = _head;
                _head = _current.Next;
                _tail = _head is null ? null : _tail;
                _current.Next = null;
                _written = 0;
            }

            int length = Math.Min(MaxWrite, _current.Length - _written);
            _bytes = _current.Slice(_written, length);
            _written += length;
            return true;
        }
    }

    /// <summary>Takes the pong; gives its length, or -1 without one. When there is nothing else either, the baton is put down under the same lock.</summary>
    private int TakePong(Span<byte> destination)
    {
        lock (_control)
        {
            int length = _pongs.Take(destination);
            if (length < 0 && _head is null)
            {
                _isFlushing = false;
            }

            return length;
        }
    }

    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter Write()
    {
        ValueTask<FlushResult> write;
        BeginDeadline();
        try
        {
            write = _output.WriteAsync(_bytes);
        }
        catch (Exception e)
        {
            write = ValueTask.FromException<FlushResult>(e);
        }

        return write.ConfigureAwait(false).GetAwaiter();
    }

    /// <summary>Takes note of a write's end; false when it was the sender's too.</summary>
    private bool TryFinish(ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter write)
    {
        try
        {
            FlushResult flushed = write.GetResult();
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                // A pipe drops what is written after its reader has gone, and says so in this result only.
                Fail(new NetworkException(_address, "the connection takes no more frames"), Aftermath.AbortsLater);
            }
        }
        catch (Exception e)
        {
            Fail(new NetworkException(_address, "the connection was lost while sending: " + e.Message, e), Aftermath.AbortsLater);
        }

        EndDeadline();
        return _current is null || _written < _current.Length ? _failure is null : TryFinishChunk(_current);
    }

    private bool TryFinishChunk(SendChunk chunk)
    {
        PendingSendList done = default;
        lock (_turn)
        {
            if (_failure is not null)
            {
                return false;
            }

            done.Take(ref chunk.Sends);
            _current = null;
            _pendingBytes -= chunk.Length;
            Debug.Assert(_pendingBytes >= 0, "what goes out was pending");
            chunk.Return();
            Admit(ref done);
        }

        done.Complete(error: null);
        return true;
    }

    /// <summary>The carrier's own frame, which could not be written at once: it waits for it like everybody else.</summary>
    private ValueTask JoinOwn()
    {
        lock (_turn)
        {
            // A pong may be under way, and the carrier's chunk still be the next.
            return _failure is { } error ? ValueTask.FromException(error) : Join((_current ?? _head)!);
        }
    }

    /// <summary>The carrier's own frame is out. What others have added meanwhile is not its business.</summary>
    private void HandOver()
    {
        lock (_turn)
        {
            lock (_control)
            {
                if (_head is null && _pongs.IsEmpty)
                {
                    _isFlushing = _failure is not null;
                    return;
                }
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The sender's second work item: the first one comes with the baton in its hand.</summary>
    private sealed class Sweep(FrameSender sender) : IThreadPoolWorkItem
    {
        public void Execute() => sender.SweepNow();
    }
}
