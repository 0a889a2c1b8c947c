using System;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>One connection in a line's life: the transport, its write side, its pacing and the requests under way on it. Belongs to the line's owner task.</summary>
internal sealed class LineSession : IAsyncDisposable, ISilenceObserver
{
    private const byte CloseOpcode = (byte)ControlFrame.Close;

    private readonly ITransport _transport;
    private readonly Endpoint _endpoint;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private readonly Pulse? _pulse;
    private readonly TimeSpan? _messageTimeout;
    private readonly VenueLimits _limits;
    private RequestPacer? _pacer;
    private CancellationTokenSource? _ended;
    private MessageWatch? _watch;
    private volatile ConnectionException? _givenUp;
    private int _closeSent;
    private long _proof;

    public LineSession(ITransport transport, Endpoint endpoint, FramingSession framing, LineOptions options, VenueLimits limits)
    {
        _transport = transport;
        _endpoint = endpoint;
        Framing = framing;
        Sender = new FrameSender(transport, framing.Encoder, endpoint.Url, options.SendLimits, options.TimeProvider);
        _limits = limits;
        _closeTimeout = options.CloseTimeout;
        _time = options.TimeProvider;
        Progress = new ReceiveProgress(_time.GetTimestamp());
        Control = new SessionControl(options.Limits.MaxControlFramesPerSecond, _time.TimestampFrequency);
        HeartbeatOptions? heartbeat = ReferenceEquals(options.Heartbeat, HeartbeatOptions.OfVenue) ? limits.Heartbeat : options.Heartbeat;
        if (heartbeat is not null && Shows(heartbeat.Style, framing, transport))
        {
            _pulse = new Pulse(this, endpoint.Url, heartbeat, _time);
        }

        _messageTimeout = options.Limits.MessageTimeout;
    }

    public PipeReader Input => _transport.Input;

    public FramingSession Framing { get; }

    public FrameSender Sender { get; }

    /// <summary>Counts what is sent against the venue's message window; made with the first of it.</summary>
    public RequestPacer Pacer => _pacer ?? MakePacer();

    /// <summary>The visit that the session is, when its endpoint is one of a set.</summary>
    public EndpointVisit? Visit { get; set; }

    /// <summary>What the receive loop tells of itself.</summary>
    public ReceiveProgress Progress { get; }

    /// <summary>Why this side cut the connection: the peer's silence, its taking nothing, a message without an end, no data; null when it did not.</summary>
    public ConnectionException? Verdict => _pulse?.Verdict ?? Sender.Failure as SendTimeoutException ?? _givenUp;

    /// <summary>Cancelled when the session is over.</summary>
    /// <remarks>Made when it is first asked for: a plain line that is idle never does.</remarks>
    public CancellationTokenSource Ended => Volatile.Read(ref _ended) ?? MakeEnded();

    /// <summary>Which of the line's sessions it is among those that have delivered, from 1; 0 as long as it has not.</summary>
    public int Generation { get; set; }

    /// <summary>Requests under way on it; null on a line without streams.</summary>
    public ReplyTable? Replies { get; private set; }

    /// <summary>Carries out what its side of the book asks for; null on a line without streams.</summary>
    public SubscriptionPump? Pump { get; private set; }

    /// <summary>How its receive loop ends, once it has begun.</summary>
    public Task<LineEnd> Running { get; set; } = null!;

    /// <summary>Messages of the line when it began to deliver.</summary>
    public long FramesBefore { get; set; }

    /// <summary>When that was, as a timestamp of the line's clock.</summary>
    public long Began { get; set; }

    /// <summary>What control frames have told.</summary>
    public SessionControl Control { get; }

    /// <summary>Where its messages are held while another session delivers; null as soon as it delivers itself. Only its receive loop sets it to null.</summary>
    public IDisposable? Hold { get; set; }

    /// <summary>Whether the venue has announced that it will cut it.</summary>
    public bool IsToBeCut { get; set; }

    /// <summary>
    /// A message has begun and not ended: from the first one on, they are held against their time limit. By the receive loop. Many lines never see one, and the watch with its timer is
    /// 320 bytes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WatchMessages()
    {
        if (_watch is null && _messageTimeout is { } limit)
        {
            BeginWatch(limit);
        }
    }

    private RequestPacer MakePacer()
    {
        var pacer = new RequestPacer(_limits, _time);
        return Interlocked.CompareExchange(ref _pacer, pacer, null) ?? pacer;
    }

    private CancellationTokenSource MakeEnded()
    {
        var ended = new CancellationTokenSource();
        return Interlocked.CompareExchange(ref _ended, ended, null) ?? ended;
    }

    private void BeginWatch(TimeSpan limit) =>
        _watch = new MessageWatch(Progress, limit, _time, () => GiveUp(new MessageTimeoutException(_endpoint.Url, limit)));

    public void OnDoubt() => GiveUp(new ConnectionException(_endpoint.Url, "a silent stream was to be left and joined again, and the request to leave it was not answered"));

    /// <summary>The venue answers no requests any more.</summary>
    public void OnSilent(int requests) => GiveUp(new ConnectionException(_endpoint.Url, $"{requests} requests in a row were not answered"));

    /// <summary>Takes its place in the line.</summary>
    public void Enter(ReplyTable replies, SubscriptionPump pump)
    {
        Replies = replies;
        Pump = pump;
    }

    /// <summary>Returns when nothing is asked on it any more; <see cref="Ended"/> has been cancelled.</summary>
    public Task StopAskingAsync() => Pump?.StopAsync() ?? Task.CompletedTask;

    /// <summary>What the peer says, fit to be shown: a venue that repeats a key in its error must not write it into our log.</summary>
    public string Redact(string words) => Redactor.Redact(words, _endpoint.Secrets());

    /// <summary>
    /// Sends a Close frame, once, where the framing has one. The transport's failure to carry it changes nothing: the session is ending.
    /// </summary>
    public async ValueTask SendCloseAsync(int code, string reason, TimeSpan timeout, TimeProvider time)
    {
        if (!Framing.HasControlFrames || Interlocked.Exchange(ref _closeSent, 1) != 0)
        {
            return;
        }

        try
        {
            await Sender.SendAsync(CloseOpcode, ClosePayload(code, reason)).AsTask().WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            _transport.Abort();
        }
    }

    /// <summary>
    /// Whether the peer has answered the ping that <see cref="RetireAsync"/> sends before its goodbye: everything that it had sent until then has been received. A Close frame alone does
    /// not say so, it may have been under way for long.
    /// </summary>
    public bool IsProven { get; private set; }

    /// <summary>Whether the proof can be had: a transport that frames by itself keeps pongs to itself.</summary>
    public bool CanProve => Framing.HasControlFrames && _transport.Content == TransportContent.Bytes;

    /// <summary>A pong has come.</summary>
    public void OnPong(ReadOnlySpan<byte> payload) =>
        IsProven |= _proof != 0 && payload.Length == sizeof(long) && BinaryPrimitives.ReadInt64LittleEndian(payload) == _proof;

    private void AskForProof()
    {
        if (CanProve)
        {
            Span<byte> payload = stackalloc byte[sizeof(long)];
            RandomNumberGenerator.Fill(payload);
            _proof = BinaryPrimitives.ReadInt64LittleEndian(payload);
            Pacer.RecordControl();
            Sender.TrySend((byte)ControlFrame.Ping, payload);
        }
    }

    /// <summary>
    /// Ends a session whose place another one takes: a goodbye, and the peer's time to answer it, during which everything that it had sent is still delivered. Then the
    /// transport is cut.
    /// </summary>
    /// <param name="ended"><see cref="Ended"/>'s token.</param>
    public async Task RetireAsync(CancellationToken ended)
    {
        if (Framing.HasControlFrames)
        {
            AskForProof();
            await SendCloseAsync(1000, "", _closeTimeout, _time).ConfigureAwait(false);
        }
        else if (!await TryEndStreamAsync(_closeTimeout, _time).ConfigureAwait(false))
        {
            Abort();
            return;
        }

        try
        {
            await Task.Delay(_closeTimeout, _time, ended).ConfigureAwait(false);
            Abort();
        }
        catch (OperationCanceledException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>
    /// Lets what has been accepted leave, for a bounded time, and ends this side of the stream: the goodbye where the framing has no Close frame. False when the transport
    /// cannot, or there was too much.
    /// </summary>
    public async ValueTask<bool> TryEndStreamAsync(TimeSpan timeout, TimeProvider time)
    {
        if (_transport is not IHalfClose halfClose)
        {
            return false;
        }

        Task finished = Sender.FinishAsync().AsTask();
        await finished.WaitAsync(timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!finished.IsCompletedSuccessfully)
        {
            return false;
        }

        await halfClose.CloseOutputAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends the session at once, and lets go of it when its receive loop has returned.</summary>
    public async Task DropAsync()
    {
        await Ended.CancelAsync().ConfigureAwait(false);
        Abort();
        await StopAskingAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Running is { } running)
        {
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Replies?.LoseAll();
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the session at once.</summary>
    public void Abort() => _transport.Abort();

    /// <summary>What the transport threw while it was let go of, which changes nothing but is worth a line in the log; null when it threw nothing.</summary>
    public Exception? ReleaseFailure { get; private set; }

    /// <summary>Lets go of everything. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        _pulse?.Dispose();
        _watch?.Dispose();
        Visit?.OnClosed();
        Sender.End(new LineClosedException(_endpoint.Url, "the connection ended before this was sent", CloseFrame.Abnormal));
        ReleaseFailure = await ReleaseAsync(_transport).ConfigureAwait(false);
        Framing.Inflater?.Dispose();
        (Framing.Encoder as IDisposable)?.Dispose();
        Ended.Dispose();
    }

    /// <summary>
    /// Gives a transport's blocks back and disposes it; gives what it threw, if anything. A transport may be anybody's, and one that fails to complete its input
    /// must be disposed all the same, or its connection stays open.
    /// </summary>
    public static async ValueTask<Exception?> ReleaseAsync(ITransport transport)
    {
        Exception? failure = null;
        try
        {
            await transport.Input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        try
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure ??= e;
        }

        return failure;
    }

    /// <summary>Ends the session with a word, and the peer's time to answer it, where the framing has Close frames; else at once.</summary>
    public void GiveUp(ConnectionException why)
    {
        _givenUp ??= why;
        _ = GiveUpAsync(why as MessageTimeoutException);
    }

    private async Task GiveUpAsync(MessageTimeoutException? slowMessage)
    {
        if (Framing.HasControlFrames)
        {
            (int code, string reason) = slowMessage is null ? (1000, "") : (slowMessage.CloseCode, FrameFaults.Describe(FrameFault.MessageTooSlow));
            await SendCloseAsync(code, reason, _closeTimeout, _time).ConfigureAwait(false);

            // The receive loop reads on meanwhile: a peer that answers ends the session itself.
            try
            {
                await Task.Delay(_closeTimeout, _time, Ended.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // It is over already.
                return;
            }
        }

        _transport.Abort();
    }

    /// <summary>Whether the line sees what this style lives by: control frames are the transport's own business where it carries messages, and raw framings have none.</summary>
    private static bool Shows(HeartbeatStyle style, FramingSession framing, ITransport transport) =>
        style is HeartbeatStyle.ApplicationPing or HeartbeatStyle.ExpectHeartbeat
        || (framing.HasControlFrames && transport.Content == TransportContent.Bytes);

    private static ReadOnlySpan<byte> ClosePayload(int code, string reason)
    {
        if (!CloseFrame.MayBeSent(code))
        {
            return default;
        }

        var payload = new byte[FrameHeader.MaxControlPayload];
        return payload.AsSpan(0, CloseFrame.Write(payload, code, reason));
    }
}
