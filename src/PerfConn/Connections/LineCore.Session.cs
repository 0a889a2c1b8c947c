using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
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

    private int _peerCloseCode;
    private string _peerCloseReason = "";
    private ControlRate _controlRate;
    private FrameFault _controlFault;

    public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
        if (frame != ControlFrame.Close && !_controlRate.TryTake(_options.TimeProvider.GetTimestamp()))
        {
            // The loop ends the session when it has parsed what it has read.
            _controlFault = FrameFault.TooManyControlFrames;
            return;
        }

        switch (frame)
        {
            case ControlFrame.Ping when _session is { Framing.HasControlFrames: true } session:
                _counters.Pings++;
                session.Pacer.RecordControl();
                session.Sender.SendPong(payload);
                break;
            case ControlFrame.Close:
                (_peerCloseCode, string reason) = CloseFrame.Read(payload);
                _peerCloseReason = _session?.Redact(reason) ?? "";
                break;
            default:
                // A pong proves that something arrived, and nothing else (RELIABILITY B39).
                break;
        }
    }

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => _replies.Complete(requestId, Reply.Accepted(result));

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
    {
        string text = Encoding.UTF8.GetString(message);
        text = _session?.Redact(text) ?? text;
        if (!_replies.Complete(requestId, Reply.Refused(code, text)))
        {
            ConnectionsLog.VenueError(_options.Logger, Name, code, text);
        }
    }

    public void OnShutdownNotice() => ConnectionsLog.ShutdownNotice(_options.Logger, Name);

    private async Task<LineEnd> RunSessionAsync(LineSession session)
    {
        var pump = new SubscriptionPump<TProtocol>(_book, _replies, session.Pacer, session.Sender, _venue.Limits);
        pump.Start(session.Ended.Token);
        try
        {
            return await session.Framing.Accept<Task<LineEnd>, Receiver>(new Receiver(this, session)).ConfigureAwait(false);
        }
        finally
        {
            await session.Ended.CancelAsync().ConfigureAwait(false);
            await pump.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Not asynchronous itself: the state of such a method would hold a second parser, a hundred bytes for every idle line.</summary>
    private Task<LineEnd> ReceiveAsync<TParser>(LineSession session, TParser parser)
        where TParser : struct, IFrameParser
    {
        _peerCloseCode = CloseFrame.Abnormal;
        _peerCloseReason = "";
        _controlRate = new ControlRate(_options.Limits.MaxControlFramesPerSecond, _options.TimeProvider.TimestampFrequency);
        _controlFault = FrameFault.None;
        return EndOfAsync(session, _options.ReceiveMode != ReceiveMode.Async && session.Input is IBlockingInput
            ? ReceiveOnThreadAsync(session.Input, session.Progress, parser)
            : ReceiveOnPoolAsync(session.Input, session.Progress, parser));
    }

    private async Task<LineEnd> EndOfAsync(LineSession session, Task<ReceiveEnd> receiving)
    {
        try
        {
            ReceiveEnd end = await receiving.ConfigureAwait(false);
            if (end.Fault != FrameFault.None)
            {
                return await EndByFaultAsync(session, end.Fault).ConfigureAwait(false);
            }

            if (end.IsClosed)
            {
                await session.SendCloseAsync(_peerCloseCode, "", _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
                return new LineEnd(_peerCloseCode, _peerCloseReason, null) { Cause = LineEndCause.Closed };
            }

            return EndOfStream(session, end.IsInsideMessage);
        }
        catch (NetworkException e) when (_closing.IsCancellationRequested)
        {
            // Cut by this side after the peer had had its time to answer the Close frame, or the end of the stream where there is none.
            return session.Framing.HasControlFrames
                ? new LineEnd(CloseFrame.Abnormal, "the peer did not answer the Close frame", e)
                : s_closedHere;
        }
    }

    /// <summary>
    /// Reads and parses until the session ends. While data is flowing every read completes at once and the loop stays on its thread; it has no
    /// cancellation token, because whoever ends it early cuts the transport.
    /// </summary>
    private async Task<ReceiveEnd> ReceiveOnPoolAsync<TParser>(PipeReader input, ReceiveProgress progress, TParser parser)
        where TParser : struct, IFrameParser
    {
        if (_options.ReceiveMode != ReceiveMode.Async)
        {
            ConnectionsLog.ReceiveModeFallback(_options.Logger, Name, _options.ReceiveMode);
        }

        var leases = input as ILeaseSource;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync().ConfigureAwait(false);
                if (!TryParse(ref parser, read, input, leases, progress, out ReceiveEnd end))
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

    /// <summary>The same on a thread of the line's own, which blocks in the kernel when there is nothing to read.</summary>
    private Task<ReceiveEnd> ReceiveOnThreadAsync<TParser>(PipeReader input, ReceiveProgress progress, TParser parser)
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

                done.SetResult(ReceiveBlocking(input, progress, parser));
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

    private ReceiveEnd ReceiveBlocking<TParser>(PipeReader input, ReceiveProgress progress, TParser parser)
        where TParser : struct, IFrameParser
    {
        var blocking = (IBlockingInput)input;
        var leases = input as ILeaseSource;
        try
        {
            while (true)
            {
                if (!TryParse(ref parser, blocking.Read(), input, leases, progress, out ReceiveEnd end))
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
        ref TParser parser, in ReadResult read, PipeReader input, ILeaseSource? leases, ReceiveProgress progress, out ReceiveEnd end)
        where TParser : struct, IFrameParser
    {
        long timestamp = _options.TimeProvider.GetTimestamp();
        progress.BeginHandling(timestamp);
        _pipeline.BeginRead(timestamp, leases);
        FrameFault fault = parser.Parse(read.Buffer, ref _pipeline, out SequencePosition consumed);
        if (fault == FrameFault.None && _controlFault != FrameFault.None && !parser.IsClosed)
        {
            fault = _controlFault;
        }

        if (fault == FrameFault.None && !parser.IsClosed && !read.IsCompleted)
        {
            progress.EndHandling(parser.IsMidway, IsLeft(read.Buffer, consumed), !consumed.Equals(read.Buffer.Start), _counters.Frames);
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
