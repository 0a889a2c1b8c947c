using System;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Framing;

/// <summary>
/// The write side of a line: any number of senders, one ordered stream. A sender encodes its frame into the pending chunk in its turn; whoever finds no
/// flush under way carries the chunk to the transport, together with what others append meanwhile. No lock is held while bytes are written.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Two locks, always in this order. <c>_turn</c> makes one stream of the senders: it is held while a frame is encoded, so an encoder with memory
/// (a compressor with context takeover) sees the frames in wire order and needs no lock of its own. <c>_control</c> guards the pong and the flag that says
/// whether somebody flushes; it is held for a few instructions, so the receive thread, which takes no other, never waits for a sender that encodes.</para>
/// <para>A sender's own thread carries its own chunk if the transport takes it at once, and no more: the rest goes to the thread pool. A burst of posts
/// (<see cref="PostBurst"/>) gathers until a chunk is full. A pong never goes out on the thread
/// that asks for it. Continuations of waiting sends run neither under a lock nor on the flusher's stack.</para>
/// <para>The first failure ends the sender; everything that waits and everything that comes later fails with that one error.</para>
/// </remarks>
internal sealed partial class FrameSender : IThreadPoolWorkItem
{
    private const byte CloseOpcode = (byte)ControlFrame.Close;
    private const byte PongOpcode = (byte)ControlFrame.Pong;

    private readonly ITransport _transport;
    private readonly PipeWriter _output;
    private readonly IFrameEncoder _encoder;
    private readonly Uri _address;
    private readonly SendLimits _limits;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private readonly Lock _control = new();
    private PongQueue _pongs;
    private PostBurst _burst;
    private bool _isFlushing;
    private bool _isClosing;
    private long _pendingBytes;
    private volatile ConnectionException? _failure;
    private LineClosedException? _refusal;

    /// <param name="transport">Where the bytes go; aborted when a write fails or takes too long.</param>
    /// <param name="encoder">Writes the frames; used by one sender at a time.</param>
    /// <param name="address">For messages.</param>
    /// <param name="limits">Null for the defaults.</param>
    /// <param name="time">The clock of the deadline; null for the system's.</param>
    public FrameSender(ITransport transport, IFrameEncoder encoder, Uri address, SendLimits? limits = null, TimeProvider? time = null)
    {
        _transport = transport;
        _output = transport.Output;
        _encoder = encoder;
        _address = address;
        _limits = limits ?? SendLimits.Default;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>What ended the sender; null while it works.</summary>
    public ConnectionException? Failure => _failure;

    /// <summary>Bytes accepted and not yet taken by the transport.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>
    /// Sends a frame; completes when it has been handed to the transport. When there is no room the bytes are copied to wait their turn; copies are bounded like
    /// pending bytes are, and a send beyond that fails at once. Cancelling ends the wait for room: a cancelled send has sent nothing. Once it is accepted
    /// it goes out, and the deadline bounds how long that takes.
    /// </summary>
    /// <remarks>Await the result once, or not at all: one that had to wait and is never awaited costs its 150 bytes to the garbage collector.</remarks>
    public ValueTask SendAsync(byte opcode, ReadOnlySpan<byte> payload, CancellationToken cancellationToken = default) =>
        Send(opcode, payload, default, mustCopy: true, cancellationToken);

    /// <summary>Likewise, without a copy when there is no room: the memory must stay as it is until the send completes. The choice for an array.</summary>
    [OverloadResolutionPriority(1)]
    public ValueTask SendAsync(byte opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
        Send(opcode, payload.Span, payload, mustCopy: false, cancellationToken);

    /// <summary>Sends a frame if there is room for it, and never waits. It tells what was accepted, not what arrived. What the encoder throws it throws.</summary>
    public SendOutcome TrySend(byte opcode, ReadOnlySpan<byte> payload)
    {
        lock (_turn)
        {
            if (_failure is not null || _refusal is not null)
            {
                return SendOutcome.Closed;
            }

            if (!HasRoom(payload.Length))
            {
                return SendOutcome.Full;
            }

            Append(opcode, payload);
            if (_burst.Add(_time) && _pendingBytes < SendChunk.Size)
            {
                // It gathers; whoever fills the chunk carries it, and a pool thread what is left when the burst ends.
                SweepLater();
                return SendOutcome.Accepted;
            }

            if (!TryBeginFlush())
            {
                return SendOutcome.Accepted;
            }
        }

        Carry(Carrier.Poster, out _);
        return _failure is null ? SendOutcome.Accepted : SendOutcome.Closed;
    }

    /// <summary>Answers a ping. Never waits and never writes on the calling thread; of many that have not gone out yet, see <see cref="PongQueue"/>.</summary>
    public void SendPong(ReadOnlySpan<byte> payload)
    {
        lock (_control)
        {
            if (_isClosing)
            {
                return;
            }

            _pongs.Add(payload);
            if (_isFlushing)
            {
                return;
            }

            _isFlushing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Takes nothing more; completes when what has been accepted is handed to the transport. For framings without a Close frame.</summary>
    public ValueTask FinishAsync()
    {
        PendingSendList refused = default;
        ValueTask last;
        lock (_turn)
        {
            if (_failure is { } error)
            {
                return ValueTask.FromException(error);
            }

            RefuseFurther(ref refused);
            last = (_tail ?? _current) is { } chunk ? Join(chunk) : default;
        }

        refused.Complete(_refusal);
        return last;
    }

    /// <summary>Ends the sender: the connection is over. What waits, and what comes later, fails with this error, unless it has failed before.</summary>
    public void End(ConnectionException error)
    {
        Fail(error, Aftermath.None);
        _isOver = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _timer)?.Dispose();
    }

    private ValueTask Send(byte opcode, ReadOnlySpan<byte> payload, ReadOnlyMemory<byte> memory, bool mustCopy, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        PendingSendList refused = default;
        ValueTask joined = default;
        bool isCarrier;
        lock (_turn)
        {
            if ((_failure ?? _refusal) is { } error)
            {
                return ValueTask.FromException(error);
            }

            if (opcode == CloseOpcode)
            {
                RefuseFurther(ref refused);
            }
            else if (!HasRoom(payload.Length))
            {
                return Wait(opcode, payload, memory, mustCopy, cancellationToken);
            }

            SendChunk chunk;
            try
            {
                chunk = Append(opcode, payload);
            }
            catch (Exception e)
            {
                // A message that the framing cannot write.
                return ValueTask.FromException(e);
            }

            isCarrier = TryBeginFlush();
            if (!isCarrier)
            {
                joined = Join(chunk);
            }
        }

        refused.Complete(_refusal);
        if (isCarrier)
        {
            Carry(Carrier.Sender, out joined);
        }

        return joined;
    }

    /// <summary>Nothing goes out after a Close frame (RFC 6455 section 5.5.1). What has been accepted goes before it; what waits for room will not.</summary>
    private void RefuseFurther(ref PendingSendList refused)
    {
        _refusal = new LineClosedException(_address, "the line is closing: nothing is sent after the Close frame");
        TakeWaiting(ref refused);
        lock (_control)
        {
            _isClosing = true;
        }
    }

    private bool TryBeginFlush()
    {
        lock (_control)
        {
            if (_isFlushing)
            {
                return false;
            }

            return _isFlushing = true;
        }
    }
}
