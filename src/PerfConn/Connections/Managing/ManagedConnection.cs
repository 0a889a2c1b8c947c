using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Sequencing;
using PerfConn.Transport;

namespace PerfConn.Connections.Managing;

/// <summary>
/// One connection of a <see cref="ConnectionManager"/>: a line, its requests, its subscriptions and its events. This file is its life: it is made, connected, perhaps connected again after the
/// line has ended by itself, and closed once.
/// </summary>
/// <remarks>Thread-safe. No lock is held while anything is connected, sent or waited for.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class ManagedConnection : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ConnectionManager _manager;
    private readonly ConnectionManagerOptions _settings;
    private readonly EventHub _hub;
    private readonly Endpoint _endpoint;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>What the venue has asked of one line holds for the next one, whoever has it connected.</summary>
    private readonly RetryAfterGate _gate;
    private volatile MessageLine? _line;
    private Task? _connecting;
    private Task? _closing;

    internal ManagedConnection(ConnectionManager manager, ConnectionManagerOptions settings, ConnectionId id, ConnectionOptions options)
    {
        _manager = manager;
        _settings = settings;
        Id = id;
        Options = options;
        _endpoint = options.FullEndpoint();
        _hub = new EventHub { OnObserverFailed = OnObserverFailed };
        Events = new EventStream(_hub, settings.EventCapacity);
        _gate = new RetryAfterGate(options.Line.TimeProvider);
        _budgets = PacersOf(options.Budgets, settings.TimeProvider);
        _send = BuildWay(settings.Middleware);
    }

    /// <summary>Its number.</summary>
    public ConnectionId Id { get; }

    /// <summary>What it was made with.</summary>
    public ConnectionOptions Options { get; }

    /// <summary>Where it connects to, query included; its text is redacted.</summary>
    public Endpoint Endpoint => _endpoint;

    /// <summary>What happens on it. Ends when it is closed by its user.</summary>
    public EventStream Events { get; }

    /// <summary>Where its line stands; <see cref="LineState.Idle"/> before it has connected.</summary>
    public LineState State => IsClosed ? LineState.Closed : _line?.State ?? LineState.Idle;

    /// <summary>Requests without a reply.</summary>
    public int PendingRequests => _requests.Count;

    /// <summary>The counters of its line; those of a line before it are gone.</summary>
    public LineStatistics Statistics => _line?.Statistics ?? default;

    /// <summary>Whether its user has closed it, or the manager.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _closing is not null;
            }
        }
    }

    /// <summary>The write side of the connection that delivers now.</summary>
    internal FrameSender? Sender => _line?.Sender;

    /// <summary>Connects it, or joins who does; nothing to do when it is connected, or its line is being made again.</summary>
    /// <param name="cancellationToken">Gives up waiting; the attempt too, when this call began it.</param>
    /// <exception cref="UnknownConnectionException">It is closed.</exception>
    /// <exception cref="EndpointsUnavailableException">The venue has asked to be left alone for a while (<c>Retry-After</c>); the exception tells for how long. Nobody was asked.</exception>
    /// <exception cref="ConnectionException">It could not be connected; the type says why. It may be tried again.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task connecting;
            lock (_lock)
            {
                if (_closing is not null)
                {
                    throw new UnknownConnectionException(Id, isClosed: true);
                }

                if (_line is { Completion.IsCompleted: false })
                {
                    return;
                }

                connecting = _connecting is { IsCompleted: false } ? _connecting : _connecting = ConnectLineAsync(cancellationToken);
            }

            try
            {
                await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Whoever began it has given up; closed, or begun again by this call.
            }
        }
    }

    /// <summary>Gives it a new connection before the old one is closed; see <see cref="MessageLine.RotateAsync"/>. Subscriptions are made again, with a gap marker.</summary>
    public Task RotateAsync(CancellationToken cancellationToken = default) => LiveLine().RotateAsync(cancellationToken);

    /// <summary>Closes it for good; see <see cref="ConnectionManager.DisconnectAsync"/>.</summary>
    public ValueTask DisposeAsync() => new(_manager.RemoveAsync(this));

    /// <summary>The connection's number, state and address, redacted.</summary>
    public override string ToString() => $"connection {Id}: {State} at {_endpoint}";

    /// <summary>Closes it for good: also while it connects, or waits to. When this has returned nothing of it is open, and no event of it follows.</summary>
    internal Task CloseAsync()
    {
        lock (_lock)
        {
            return _closing ??= CloseOnceAsync();
        }
    }

    internal void OnObserverFailed(Exception error)
    {
        ManagingLog.ObserverFailed(_settings.Logger, error, Id);
        Tell(new ConnectionError("an observer threw and is called no more", error));
    }

    internal void Tell(LineEvent what)
    {
        if (!_hub.HasSubscribers && !_manager.Hub.HasSubscribers)
        {
            return;
        }

        LineEvent told = what.Line.Length > 0
            ? what with { ConnectionId = Id }
            : what with { ConnectionId = Id, Line = _endpoint.Url.Host, At = _settings.TimeProvider.GetUtcNow() };
        _hub.Publish(told);
        _manager.Hub.Publish(told);
    }

    private async Task ConnectLineAsync(CancellationToken cancellationToken)
    {
        // Off the caller's lock: nothing connects under one.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        MessageLine line;
        try
        {
            _gate.ThrowIfClosed(_endpoint);
            line = await MessageLine
                .ConnectAsync(_endpoint, new ConnectionHandler(this), Options.LineOptions() with { OnEvent = OnLineEvent, Gate = _gate }, either.Token).ConfigureAwait(false);
        }
        catch (ConnectionException e)
        {
            Tell(new ConnectFailed(e));
            throw;
        }

        lock (_lock)
        {
            _line = line;
        }

        // Closed meanwhile: the close waits for this task, and finds the line.
        Restore(GapCause.Reconnected);
    }

    private async Task CloseOnceAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _stop.CancelAsync().ConfigureAwait(false);
        var closed = new LineClosedException(_endpoint.Url, $"connection {Id} has been closed on this side");
        _requests.FailAllBut(present: null, closed);
        if (_connecting is { } connecting)
        {
            await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_line is { } line)
        {
            await line.DisposeAsync().ConfigureAwait(false);
        }

        _requests.FailAllBut(present: null, closed);
        EndSubscriptions();
        Tell(new ConnectionRemoved());
        _hub.Complete();
    }

    /// <summary>What the line tells, on the thread that it happens on.</summary>
    private void OnLineEvent(LineEvent what)
    {
        switch (what)
        {
            case LineLost lost:
                _requests.FailAllBut(present: null, CauseOf(lost.End));
                break;
            case LineClosed closed:
                _requests.FailAllBut(present: null, CauseOf(closed.End));
                break;
            case LineReconnecting:
                _requests.FailAllBut(present: null, CauseOf(((LineReconnecting)what).Cause));
                break;
            case LineReconnected or LineRotated:
                _requests.FailAllBut(Sender, new LineClosedException(_endpoint.Url, "the connection that it was sent on has given its place to another"));
                Restore(what is LineRotated ? GapCause.Rotated : GapCause.Reconnected);
                break;
            default:
                break;
        }

        Tell(what);
        Options.Line.OnEvent?.Invoke(what with { ConnectionId = Id });
    }

    private ConnectionException CauseOf(LineEnd end) =>
        end.Error ?? new LineClosedException(_endpoint.Url, end.CloseCode, end.Reason);

    /// <summary>The line, if requests can be sent on it.</summary>
    private MessageLine LiveLine()
    {
        MessageLine? line = _line;
        if (IsClosed)
        {
            throw new UnknownConnectionException(Id, isClosed: true);
        }

        if (line is { Completion.IsCompletedSuccessfully: true })
        {
            LineEnd end = line.Completion.GetAwaiter().GetResult();
            throw new UnknownConnectionException(Id, isClosed: true, CauseOf(end));
        }

        return line ?? throw new LineClosedException(_endpoint.Url, $"connection {Id} is not connected yet; nothing was sent");
    }
}
