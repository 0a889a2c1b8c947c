using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Subscriptions;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <content>One session: the receive loop, and the control frames and replies that it brings.</content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>How a line that knows no Close frame ends when its user closes it.</summary>
    private static readonly LineEnd s_closedHere = new(0, "closed on this side", null) { Cause = LineEndCause.Closed };

    public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
        if (_session is { } session)
        {
            OnControl(session, frame, payload);
        }
    }

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => _session?.Replies?.Complete(requestId, Reply.Accepted(result));

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
    {
        if (_session is { } session)
        {
            OnRefused(session, requestId, code, message);
        }
    }

    public void OnShutdownNotice()
    {
        ConnectionsLog.ShutdownNotice(_options.Logger, Name);
        Tell(new LineNotice());
        if (_session is { } session)
        {
            session.IsToBeCut = true;
            RotateOnNotice(session);
        }
    }

    private void OnControl(LineSession session, ControlFrame frame, ReadOnlySpan<byte> payload)
    {
        if (frame != ControlFrame.Close && !session.Control.TryTake(_options.TimeProvider.GetTimestamp()))
        {
            return;
        }

        switch (frame)
        {
            case ControlFrame.Ping when session.Framing.HasControlFrames:
                Interlocked.Increment(ref _counters.Pings);
                session.Pacer.RecordControl();
                session.Sender.SendPong(payload);
                break;
            case ControlFrame.Close:
                (session.Control.PeerCloseCode, string reason) = CloseFrame.Read(payload);
                session.Control.PeerCloseReason = session.Redact(reason);
                break;
            case ControlFrame.Pong:
                session.OnPong(payload);
                break;
            default:
                // A pong proves that something arrived, and nothing else (RELIABILITY B39).
                break;
        }
    }

    private void OnRefused(LineSession session, long requestId, int code, ReadOnlySpan<byte> message)
    {
        string text = session.Redact(Encoding.UTF8.GetString(message));
        if (session.Replies is null || !session.Replies.Complete(requestId, Reply.Refused(code, text)))
        {
            ConnectionsLog.VenueError(_options.Logger, Name, code, text);
        }
    }

    /// <summary>A new connection gets its requests and its side of the book; nothing is read or sent yet.</summary>
    private void Enter(LineSession session, Standing? standing)
    {
        if (standing is not null)
        {
            var replies = new ReplyTable(_options.TimeProvider, _requestIds!);
            var pump = new SubscriptionPump<TProtocol>(_book!, standing, replies, session.Pacer, session.Sender, _venue.Limits)
            {
                Observer = session,
            };
            session.Enter(replies, pump);
        }
    }

    /// <summary>The session is the one that delivers from now on. False when the line has been closed.</summary>
    private bool TryGoLive(LineSession session)
    {
        bool isLive = _machine.GoLive(out int generation);
        session.Generation = generation;
        return isLive;
    }

    /// <summary>The session delivers from now on. A session that takes over from another one is running already.</summary>
    private void Run(LineSession session)
    {
        session.Pump?.Start(session.Ended.Token);
        try
        {
            session.Running ??= Receive(session);
        }
        catch (Exception e)
        {
            session.Running = Task.FromException<LineEnd>(e);
        }
    }

    /// <summary>What came of it, when <see cref="LineSession.Running"/> has completed.</summary>
    private async Task<LineEnd> EndOfAsync(LineSession session)
    {
        await session.Ended.CancelAsync().ConfigureAwait(false);
        await session.StopAskingAsync().ConfigureAwait(false);
        try
        {
            return await session.Running.ConfigureAwait(false);
        }
        catch (ConnectionException e)
        {
            return new LineEnd(LostCode, e.Message, e);
        }
        catch (Exception e)
        {
            ConnectionsLog.Unexpected(_options.Logger, e, Name);
            return new LineEnd(LostCode, e.Message, new ConnectionException(Endpoint.Url, "unexpected failure: " + e.Message, e));
        }
    }

    private Task<LineEnd> Receive(LineSession session) => session.Framing.Accept<Task<LineEnd>, Receiver>(new Receiver(this, session));

    /// <summary>Not asynchronous itself: the state of such a method would hold a second parser, a hundred bytes for every idle line.</summary>
    private Task<LineEnd> ReceiveAsync<TParser>(LineSession session, TParser parser)
        where TParser : struct, IFrameParser
    {
        return _options.ReceiveMode != ReceiveMode.Async && session.Input is IBlockingInput
            ? EndOfThreadAsync(session, ReceiveOnThreadAsync(session, parser))
            : ReceiveOnPoolAsync(session, parser);
    }

    private async Task<LineEnd> EndOfThreadAsync(LineSession session, Task<ReceiveEnd> receiving)
    {
        // A lost connection is no surprise here, and each await on the way to the owner would throw it once more, some 20 us each time.
        await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return receiving.Exception?.InnerException is NetworkException lost
            ? EndOfLoss(session, lost)
            : await EndOfAsync(session, await receiving.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<LineEnd> EndOfAsync(LineSession session, ReceiveEnd end)
    {
        if (end.Fault != FrameFault.None)
        {
            return await EndByFaultAsync(session, end.Fault).ConfigureAwait(false);
        }

        if (end.IsClosed)
        {
            await session.SendCloseAsync(session.Control.PeerCloseCode, "", _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
            return new LineEnd(session.Control.PeerCloseCode, session.Control.PeerCloseReason, null) { Cause = LineEndCause.Closed };
        }

        return EndOfStream(session, end.IsInsideMessage);
    }

    private LineEnd EndOfLoss(LineSession session, NetworkException lost)
    {
        if (!_closing.IsCancellationRequested)
        {
            return new LineEnd(LostCode, lost.Message, lost);
        }

        // Cut by this side after the peer had had its time to answer the Close frame, or the end of the stream where there is none.
        return session.Framing.HasControlFrames
            ? new LineEnd(CloseFrame.Abnormal, "the peer did not answer the Close frame", lost)
            : s_closedHere;
    }

    /// <summary>
    /// Reads and parses until the session ends. While data is flowing every read completes at once and the loop stays on its thread; it has no
    /// cancellation token, because whoever ends it early cuts the transport. While a line is idle this method's state and the owner's are all there is.
    /// </summary>
    private async Task<LineEnd> ReceiveOnPoolAsync<TParser>(LineSession session, TParser parser)
        where TParser : struct, IFrameParser
    {
        if (_options.ReceiveMode != ReceiveMode.Async)
        {
            ConnectionsLog.ReceiveModeFallback(_options.Logger, Name, _options.ReceiveMode);
        }

        PipeReader input = session.Input;
        var leases = input as ILeaseSource;
        ReceiveEnd received;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync().ConfigureAwait(false);
                if (!TryParse(ref parser, read, input, leases, session, out ReceiveEnd end))
                {
                    received = end;
                    break;
                }
            }
        }
        catch (NetworkException lost)
        {
            return EndOfLoss(session, lost);
        }
        finally
        {
            parser.Dispose();
        }

        return await EndOfAsync(session, received).ConfigureAwait(false);
    }

    /// <summary>The same on a thread of the line's own, which blocks in the kernel when there is nothing to read.</summary>
    private Task<ReceiveEnd> ReceiveOnThreadAsync<TParser>(LineSession session, TParser parser)
        where TParser : struct, IFrameParser
    {
        var done = new TaskCompletionSource<ReceiveEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                if (_options.Processor is { } processor && !ThreadAffinity.TryBind(processor))
                {
                    ConnectionsLog.ProcessorNotBound(_options.Logger, Name, processor);
                }

                done.SetResult(ReceiveBlocking(session, parser));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "perfconn " + Name,
        };
        thread.Start();
        return done.Task;
    }

    private ReceiveEnd ReceiveBlocking<TParser>(LineSession session, TParser parser)
        where TParser : struct, IFrameParser
    {
        PipeReader input = session.Input;
        var blocking = (IBlockingInput)input;
        var leases = input as ILeaseSource;
        try
        {
            while (true)
            {
                if (!TryParse(ref parser, blocking.Read(), input, leases, session, out ReceiveEnd end))
                {
                    return end;
                }
            }
        }
        finally
        {
            parser.Dispose();
        }
    }

    /// <summary>Steps 2 to 6 for what one read has brought, and the only place that advances the pipe. False when the session is over.</summary>
    private bool TryParse<TParser>(
        ref TParser parser, in ReadResult read, PipeReader input, ILeaseSource? leases, LineSession session, out ReceiveEnd end)
        where TParser : struct, IFrameParser
    {
        long timestamp = _options.TimeProvider.GetTimestamp();
        ReceiveProgress progress = session.Progress;
        progress.BeginHandling(timestamp);
        long frames;
        FrameFault fault;
        SequencePosition consumed;
        if (session.Hold is null)
        {
            _pipeline.BeginRead(timestamp, leases);
            fault = parser.Parse(read.Buffer, ref _pipeline, out consumed);
            frames = _counters.Frames;
        }
        else
        {
            fault = ParseHeld(session, ref parser, read.Buffer, leases, timestamp, out consumed, out frames);
        }

        if (fault == FrameFault.None && session.Control.Fault != FrameFault.None && !parser.IsClosed)
        {
            fault = session.Control.Fault;
        }

        if (fault == FrameFault.None && !parser.IsClosed && !read.IsCompleted)
        {
            progress.EndHandling(parser.IsMidway, IsLeft(read.Buffer, consumed), !consumed.Equals(read.Buffer.Start), frames);
            if (progress.OpenMessage != 0)
            {
                session.WatchMessages();
            }

            input.AdvanceTo(consumed, read.Buffer.End);
            end = default;
            return true;
        }

        progress.End();
        end = new ReceiveEnd(fault, parser.IsClosed, parser.IsMidway || IsLeft(read.Buffer, consumed));
        input.AdvanceTo(consumed, read.Buffer.End);
        return false;
    }

    /// <summary>Whether the parser has left bytes. Positions that are equal say no at once; others may still be one place: the end of a segment and the start of the next.</summary>
    private static bool IsLeft(in ReadOnlySequence<byte> buffer, SequencePosition consumed) => !consumed.Equals(buffer.End) && !buffer.Slice(consumed).IsEmpty;

    private async Task<LineEnd> EndByFaultAsync(LineSession session, FrameFault fault)
    {
        var error = new ProtocolViolationException(Endpoint.Url, fault.Describe(), fault.CloseCode());
        if (!session.Framing.HasControlFrames)
        {
            return new LineEnd(0, fault.Describe(), error) { Cause = LineEndCause.Violation, Fault = fault };
        }

        await session.SendCloseAsync(fault.CloseCode(), fault.Describe(), _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
        await DrainAsync(session.Input).ConfigureAwait(false);
        return new LineEnd(fault.CloseCode(), fault.Describe(), error) { Cause = LineEndCause.Violation, Fault = fault };
    }

    /// <summary>
    /// Reads on, bounded, until the peer has gone: a socket that is closed with bytes unread resets the connection, and the reset may
    /// overtake the Close frame that says why (RFC 6455 section 7.1.1).
    /// </summary>
    private async Task DrainAsync(PipeReader input)
    {
        const long MaxDrained = 4 * 1024 * 1024;
        using var deadline = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
        try
        {
            for (long drained = 0; drained < MaxDrained;)
            {
                ReadResult read = await input.ReadAsync(deadline.Token).ConfigureAwait(false);
                drained += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NetworkException)
        {
            // It has had its time; the end is the same.
        }
    }

    /// <summary>
    /// The peer has ended the stream. Between two messages of a framing without Close frames that is its goodbye. With Close frames it is 1006, whoever did it
    /// and however politely on the layers below (RFC 6455 section 7.1.5); inside a message it is a loss in any framing.
    /// </summary>
    private LineEnd EndOfStream(LineSession session, bool isInsideMessage)
    {
        bool hasClose = session.Framing.HasControlFrames;
        if (!hasClose && !isInsideMessage)
        {
            return _closing.IsCancellationRequested ? s_closedHere : new LineEnd(0, "the peer ended the stream", null) { Cause = LineEndCause.EndOfStream };
        }

        string reason = isInsideMessage ? "the stream ended inside a message" : "the stream ended without a Close frame";
        return new LineEnd(hasClose ? CloseFrame.Abnormal : 0, reason, new NetworkException(Endpoint.Url, "the connection was lost: " + reason))
        {
            Cause = isInsideMessage ? LineEndCause.Truncated : LineEndCause.Lost,
        };
    }

    /// <summary>Meets the parser as the struct it is, so that the receive loop is compiled for it.</summary>
    private readonly struct Receiver(LineCore<TProtocol, TPipeline> line, LineSession session) : IParserVisitor<Task<LineEnd>>
    {
        public Task<LineEnd> Visit<TParser>(TParser parser)
            where TParser : struct, IFrameParser => line.ReceiveAsync(session, parser);
    }
}
