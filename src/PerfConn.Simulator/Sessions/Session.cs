using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Simulator.Handshake;
using PerfConn.Simulator.Limits;
using PerfConn.Transport;

namespace PerfConn.Simulator.Sessions;

/// <summary>
/// One connection, from the end of its handshake to its own. A reader takes in requests, a writer is the only one to send; between them
/// stands the state, under one short lock that is never held across a wait.
/// </summary>
internal sealed partial class Session
{
    private readonly Venue _venue;
    private readonly ITransport _transport;
    private readonly Lock _lock = new();
    private readonly AsyncSignal _wake = new();
    private readonly Outbox _outbox = new();
    private readonly Subscriptions _subscriptions;
    private readonly RollingWindow _messages;
    private readonly Heartbeat _heartbeat;
    private readonly TickPacer _pacer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _openedAt;
    private readonly ITimer _deadlines;
    private readonly ITimer _ticksDue;
    private DisconnectCause? _cause;
    private TimeSpan? _closeDeadline;
    private bool _closeSent;
    private bool _readerEnded;
    private bool _isOver;

    /// <param name="venue">What all sessions share.</param>
    /// <param name="transport">The line.</param>
    /// <param name="target">What the peer has asked for.</param>
    /// <param name="answer">The end of the handshake, sent before all else: the peer learns that it is in when the venue knows of it.</param>
    public Session(Venue venue, ITransport transport, StreamTarget target, ReadOnlySpan<byte> answer)
    {
        BinanceSimulatorOptions options = venue.Options;
        _venue = venue;
        _transport = transport;
        _subscriptions = new Subscriptions(venue.Market, target.Format);
        _messages = new RollingWindow(options.MaxMessagesPerSecond, TimeSpan.FromSeconds(1), venue.Time);
        _heartbeat = new Heartbeat(options.PingInterval, options.PongTimeout);
        _pacer = new TickPacer(options.Rate, venue.Time.TimestampFrequency);
        _openedAt = venue.Time.GetTimestamp();
        _deadlines = venue.Time.CreateTimer(static state => ((Session)state!).OnDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ticksDue = venue.Time.CreateTimer(static state => ((Session)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ticks = venue.Blocks.Rent();
        Id = venue.Counters.Accepted();
        lock (_lock)
        {
            _outbox.AddRaw(answer);
            Subscribe(target.Streams);
        }
    }

    /// <summary>Number of the connection, from 1.</summary>
    public long Id { get; }

    /// <summary>Completes when the connection is closed on this side and nothing of it runs any more.</summary>
    public Task WhenEnded => _ended.Task;

    /// <summary>Serves the connection to its end; never throws.</summary>
    public async Task RunAsync()
    {
        OnDeadline();
        await Task.WhenAll(ReadAsync(), WriteAsync()).ConfigureAwait(false);
        lock (_lock)
        {
            _isOver = true;
            _subscriptions.Leave();
            _outbox.Take().Complete();
        }

        _ticks.Release();
        await _deadlines.DisposeAsync().ConfigureAwait(false);
        await _ticksDue.DisposeAsync().ConfigureAwait(false);
        Debug.Assert(_cause is not null, "a session ends for a reason");
        _venue.Counters.Ended(_cause.Value);
        _venue.Ended(this);
        _ended.SetResult();
    }

    /// <summary>Makes the writer look for something to do.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Sends a Close frame; the connection ends when the peer answers, or its patience runs out.</summary>
    public void Close(int code, string reason, DisconnectCause cause)
    {
        lock (_lock)
        {
            BeginClose(code, reason, cause);
        }

        Wake();
    }

    /// <summary>Ends the connection at once, without a farewell.</summary>
    public void Drop(DisconnectCause cause)
    {
        lock (_lock)
        {
            _cause ??= cause;
        }

        // Outside of the lock: an in-memory peer learns of it, and acts, inside this call.
        Cut();
        Wake();
    }

    /// <summary>Sends a text message; completes when it has been written or never will be.</summary>
    public Task SendTextAsync(ReadOnlySpan<byte> payload)
    {
        Task sent = Add(outbox: static (outbox, bytes) => outbox.AddFrame(MessageRecord.Text, bytes), payload);
        Wake();
        return sent;
    }

    /// <summary>Sends bytes as they are, between two frames; completes when they have been written or never will be.</summary>
    public Task SendRawAsync(ReadOnlySpan<byte> bytes)
    {
        Task sent = Add(outbox: static (outbox, raw) => outbox.AddRaw(raw), bytes);
        Wake();
        return sent;
    }

    public IReadOnlyList<StreamPosition> Positions()
    {
        lock (_lock)
        {
            return [.. _subscriptions.Positions(Id)];
        }
    }

    private Task Add(Action<Outbox, ReadOnlySpan<byte>> outbox, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isOver || _closeSent)
            {
                return Task.CompletedTask;
            }

            outbox(_outbox, bytes);
            return _outbox.WhenSent();
        }
    }

    /// <summary>Under the lock. The first cause stands, and nothing but the Close frame is sent after it.</summary>
    private void BeginClose(int code, string reason, DisconnectCause cause)
    {
        if (_closeSent || _isOver)
        {
            return;
        }

        _cause ??= cause;
        _closeSent = true;
        _closeDeadline = Now() + _venue.Options.PatienceTimeout;
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        int length = code == CloseFrame.NoCode ? 0 : CloseFrame.Write(payload, code, reason);
        _outbox.AddFrame((byte)ControlFrame.Close, payload[..length]);
        Rearm(Now());
    }

    /// <summary>Aborts the transport, and frees a writer whom a full pipe holds up: not every transport's abort does that.</summary>
    private void Cut()
    {
        _transport.Abort();
        _transport.Output.CancelPendingFlush();
    }

    /// <summary>Time since the connection opened.</summary>
    private TimeSpan Now() => _venue.Time.GetElapsedTime(_openedAt);
}
