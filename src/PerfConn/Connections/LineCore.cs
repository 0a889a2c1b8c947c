using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Sequencing;
using PerfConn.Subscriptions;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <summary>
/// The line behind <see cref="Line"/>. One owner task runs its life (this file): session, loss, backoff, next session, until it is closed or given
/// up. What a session does is in the other files.
/// </summary>
internal sealed partial class LineCore<TProtocol, TPipeline> : Line, ISessionControl, ILaneEnder, IBookObserver
    where TProtocol : struct, IVenueProtocol
    where TPipeline : struct, ILinePipeline
{
    private static readonly LineEnd s_unused = new(1000, "closed before it was used", null);

    private readonly Venue<TProtocol> _venue;
    private readonly LineOptions _options;
    private readonly LineCounters _counters;
    private readonly StreamLedger? _ledger;
    private readonly FaultObserver _faults;
    private readonly SubscriptionBook? _book;
    private readonly RequestIds? _requestIds;
    private readonly LineMachine _machine;
    private readonly RetryPolicy? _retry;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<LineEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILane? _lane;
    private readonly StageRecorder? _stages;

    /// <summary>For jitter. Without a seed it is made when it is needed: 72 bytes, for every idle line.</summary>
    private Random? _random;
    private TPipeline _pipeline;
    private volatile LineSession? _session;
    private long _lostAt;

    private LineCore(Venue<TProtocol> venue, Func<LineParts, TPipeline> pipeline, RouteTable? routes, LineCounters counters, LineOptions options)
        : base(venue.Name, venue.Endpoint, options.Symbols ?? SymbolsOf())
    {
        _venue = venue;
        _options = options;
        _counters = counters;
        _faults = new FaultObserver(options.Logger, options.TimeProvider);
        _born = options.TimeProvider.GetTimestamp();
        _machine = new LineMachine();

        _random = options.JitterSeed is { } seed ? new Random(seed) : null;
        if (routes is not null)
        {
            routes.Faults = _faults;
            _ledger = options.Sequencing ? StreamLedger.For<TProtocol>() : new StreamLedger();
            _requestIds = new RequestIds();
            _book = new SubscriptionBook(venue.Endpoint.Url, routes, venue.Limits.StreamsPerLine, this);
        }

        var parts = new LineParts(this, Symbols, _ledger, counters, _faults, this) { Closing = _closing.Token };
        _pipeline = pipeline(parts);
        _lane = parts.Lane;
        _stages = parts.Stages;
        _spare = options.KeepSpare ? new SpareKeeper(this) : null;
        if (options.Reconnect is { } reconnect)
        {
            _retry = new RetryPolicy(reconnect, venue.Endpoint.Url, options.RefreshEndpoint is not null, NewRandom(), options.TimeProvider, options.Endpoints);
        }
    }

    private static SymbolMap SymbolsOf() => typeof(TProtocol) == typeof(PlainProtocol) ? PlainProtocol.NoSymbols : new SymbolMap(TProtocol.IgnoresSymbolCase);

    /// <summary>The close code of a session that was lost.</summary>
    private int LostCode => _options.Framing.HasControlFrames ? 1006 : 0;

    public override LineState State => _machine.State;

    public override Task<LineEnd> Completion => _completion.Task;

    public override LineStatistics Statistics
    {
        get
        {
            (int wanted, int confirmed) = _book?.Count() ?? default;
            return new LineStatistics(
                Volatile.Read(ref _counters.Frames),
                Volatile.Read(ref _counters.Bytes),
                Volatile.Read(ref _counters.Ticks),
                Volatile.Read(ref _counters.Others),
                Volatile.Read(ref _counters.Unmapped),
                Volatile.Read(ref _counters.Unrouted),
                Volatile.Read(ref _counters.Gaps),
                _faults.Count,
                Volatile.Read(ref _counters.Pings),
                Volatile.Read(ref _counters.Reconnects),
                Volatile.Read(ref _counters.Rotations),
                wanted,
                confirmed,
                _lane?.Statistics ?? default)
            {
                Duplicates = Volatile.Read(ref _counters.Duplicates),
            };
        }
    }

    /// <summary>Opens the line.</summary>
    /// <param name="venue">The venue.</param>
    /// <param name="pipeline">Makes what the messages go into.</param>
    /// <param name="routes">To the subscribers of streams; null for a line that has no streams, which then keeps nothing that they need (600 bytes for each idle line).</param>
    /// <param name="counters">The line's.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="InvalidOptionsException">An option, or a limit of the venue, is out of range; all that is wrong is named. Nothing was opened.</exception>
    public static async Task<Line> StartAsync(
        Venue<TProtocol> venue,
        Func<LineParts, TPipeline> pipeline,
        RouteTable? routes,
        LineCounters counters,
        LineOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(venue);
        options ??= new LineOptions();
        var check = new OptionsCheck();
        options.Check(check);
        check.Nested(venue.Limits, static (each, errors) => each.Check(errors)).Throw();
        var line = new LineCore<TProtocol, TPipeline>(venue, pipeline, routes, counters, options);
        line._machine.Fire(LineTrigger.Connect);
        line.Tell(new LineConnecting(1));
        LineSession session = await line.ConnectAsync(lastEnd: null, cancellationToken).ConfigureAwait(false);
        await line.EnterAsync(session, line._book?.Present, cancellationToken).ConfigureAwait(false);
        line._session = session;
        line.TryGoLive(session);
        line.Tell(new LineConnected());
        line._spare?.Start();
        _ = line.LiveAsync(session);
        return line;
    }

    internal override FrameSender? Sender => _session?.Sender;

    /// <summary>The owner task. It is supervised: nothing that a session throws ends it without a word (RELIABILITY B69).</summary>
    private async Task LiveAsync(LineSession first)
    {
        // Whoever has connected goes on while the session's first data is handled.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        LineSession? session = first;
        LineEnd end = s_unused;
        try
        {
            while (session is not null)
            {
                Begin(session);
                await ((Task)session.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                (session, end) = await NextAsync(session!).ConfigureAwait(false);
            }

            if (_spare is not null)
            {
                await _spare.StopAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            ConnectionsLog.Unexpected(_options.Logger, e, Name);
            end = new LineEnd(LostCode, e.Message, new ConnectionException(Endpoint.Url, "unexpected failure: " + e.Message, e));
            await LeaveNothingAsync().ConfigureAwait(false);
        }

        End(end);
    }

    /// <summary>After a failure that nobody expected: whatever session there is goes with the line. Never throws.</summary>
    private async Task LeaveNothingAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DropAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_spare is not null)
        {
            await _spare.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The session after one that has ended, if there is one, and how that one or the attempts after it ended.</summary>
    private async Task<(LineSession? Session, LineEnd End)> NextAsync(LineSession session)
    {
        (LineEnd end, Relief? relief) = await EndSessionAsync(session).ConfigureAwait(false);
        return relief is not null ? (relief.Session, end)
            : _closing.IsCancellationRequested || _retry is null ? (null, end)
            : await ReconnectAsync(_retry, end).ConfigureAwait(false);
    }

    private void Begin(LineSession session)
    {
        _session = session;

        // Publish the session before looking whether the line is being closed; a close cancels before it looks for the session. One sees the other.
        Interlocked.MemoryBarrier();
        if (_closing.IsCancellationRequested)
        {
            _ = CloseSessionAsync(session, 1000, "");
        }

        if (_options.Logger.IsEnabled(LogLevel.Information))
        {
            ConnectionsLog.Live(_options.Logger, Name, Endpoint.ToString());
        }

        Release(session);
        ScheduleRotation(session);
        _spare?.Wake();
        session.FramesBefore = _counters.Frames;
        session.Began = _options.TimeProvider.GetTimestamp();
        Run(session);
    }

    private async Task<(LineEnd End, Relief? Relief)> EndSessionAsync(LineSession session)
    {
        LineEnd end = AfterVerdict(session, await EndOfAsync(session).ConfigureAwait(false));
        _lostAt = _options.TimeProvider.GetTimestamp();
        Relief? relief = await TakeReliefAsync(session).ConfigureAwait(false);
        if (relief is not { IsComplete: true })
        {
            _ledger?.LineDown(_lostAt);
            if (!_closing.IsCancellationRequested)
            {
                Tell(new LineLost(end));
            }
        }

        if (relief is not null && !TryAdopt(relief, session, end))
        {
            await DropAsync(relief).ConfigureAwait(false);
            relief = null;
        }

        if (relief is null)
        {
            LoseSession(session);
            _session = null;
        }

        if (!_closing.IsCancellationRequested && relief is not { IsComplete: true })
        {
            session.Visit?.OnEnded(
                LossTable.KindOf(end, _options.Reconnect ?? new ReconnectOptions()), prefersOther: end.Error is StaleDataException { IsOtherWanted: true });
        }

        session.Replies?.LoseAll();
        if (session.Framing.Inflater is { TotalIn: > 0 } inflater)
        {
            ConnectionsLog.Inflated(_options.Logger, Name, inflater.TotalIn, inflater.TotalOut);
        }

        await session.DisposeAsync().ConfigureAwait(false);
        if (session.ReleaseFailure is { } failure)
        {
            ConnectionsLog.ReleaseFailed(_options.Logger, failure, Name);
        }

        // Only data is proof that the venue works again; a connect alone is not.
        _retry?.OnSessionEnd(_counters.Frames > session.FramesBefore, _options.TimeProvider.GetElapsedTime(session.Began));

        if (relief is { IsComplete: true })
        {
            ConnectionsLog.Rotated(_options.Logger, Name, Endpoint.ToString(), relief.Session.Generation);
        }
        else if (!_closing.IsCancellationRequested)
        {
            ConnectionsLog.SessionEnded(_options.Logger, Name, Endpoint.ToString(), end.CloseCode, end.Reason);
        }

        return (end, relief);
    }

    /// <summary>How a session ended that may have been cut from this side: the read side only sees that the connection is gone, each transport in its own words.</summary>
    private LineEnd AfterVerdict(LineSession session, LineEnd end) => session.Verdict switch
    {
        MessageTimeoutException when _closing.IsCancellationRequested => end,
        MessageTimeoutException verdict => new LineEnd(session.Framing.HasControlFrames ? verdict.CloseCode : 0, verdict.Message, verdict)
        {
            Cause = LineEndCause.Violation,
            Fault = FrameFault.MessageTooSlow,
        },
        { } verdict when !_closing.IsCancellationRequested || verdict is NetworkException => new LineEnd(LostCode, verdict.Message, verdict),
        _ => end,
    };

    private async Task<(LineSession? Session, LineEnd End)> ReconnectAsync(RetryPolicy retry, LineEnd end)
    {
        while (true)
        {
            RetryDecision decision = retry.Decide(end);
            if (!decision.IsRetry)
            {
                ConnectionsLog.GivenUp(_options.Logger, Name, decision.Kind, decision.Stop!);
                Tell(new LineRetriesExhausted(end, decision.Stop!));
                return (null, decision.End!);
            }

            if (decision.Fault is { } fault)
            {
                ConnectionsLog.StrategyFailed(_options.Logger, fault, Name);
            }

            ConnectionsLog.Reconnecting(_options.Logger, Name, retry.Attempts, decision.Delay, decision.Kind);
            Tell(new LineReconnecting(retry.Attempts, end, decision.Delay));
            try
            {
                // Off the thread that brought the loss, which may be anybody's where a transport completes its reads inline; then the delay, which may be none.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await Task.Delay(decision.Delay, _options.TimeProvider, _closing.Token).ConfigureAwait(false);
                _machine.Fire(LineTrigger.Connect);
                Tell(new LineConnecting(retry.Attempts));
                LineSession session = await ConnectAsync(end, _closing.Token).ConfigureAwait(false);
                await EnterAsync(session, BeginAgain(), _closing.Token).ConfigureAwait(false);
                if (TryGoLive(session))
                {
                    _ledger?.LineUp(_options.TimeProvider.GetTimestamp());
                    _counters.Reconnects++;

                    // Before it is told: who hears of it may want to send at once.
                    _session = session;
                    Tell(new LineReconnected(_options.TimeProvider.GetElapsedTime(_lostAt), retry.Attempts));
                    return (session, end);
                }

                // The line has been closed meanwhile.
                await DisposeUnusedAsync(session).ConfigureAwait(false);
                return (null, end);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return (null, end);
            }
            catch (Exception e)
            {
                _machine.Fire(LineTrigger.Lose);
                ConnectionsLog.AttemptFailed(_options.Logger, Name, retry.Attempts, e.Message);
                end = new LineEnd(LostCode, e.Message, e as ConnectionException ?? new ConnectionException(Endpoint.Url, e.Message, e));
                end.Error!.Attempt = retry.Attempts;
                Tell(new LineReconnectFailed(retry.Attempts, end.Error));
            }
        }
    }

    /// <summary>A lost line is back: whatever ticked before, or was subscribed to, may have missed something.</summary>
    private Standing? BeginAgain()
    {
        if (_ledger is not { } ledger)
        {
            return null;
        }

        ledger.BeginSession();
        ledger.MarkGapInAllSeen();
        return _book!.BeginSession(stream => ledger.MarkGap(stream.Symbol, stream.Channel));
    }

    public void OnSubscriptionLost(SubscriptionException error)
    {
        ConnectionsLog.SubscriptionLost(_options.Logger, Name, error.Message);
        Tell(new LineSubscriptionLost(error));
    }

    private Random NewRandom()
    {
        lock (_clocks)
        {
            return _random is null || _options.JitterSeed is null ? new Random() : new Random(_random.Next());
        }
    }

    private double NextRandom()
    {
        lock (_clocks)
        {
            return (_random ??= new Random()).NextDouble();
        }
    }

    private void End(LineEnd end)
    {
        StopWatchingData();
        _lane?.Complete();
        _machine.Fire(LineTrigger.Lose);
        if (end.Error is null || !_machine.Fire(LineTrigger.GiveUp))
        {
            _machine.Fire(LineTrigger.End);
        }

        ConnectionsLog.Closed(_options.Logger, Name, end.CloseCode, end.Reason);
        _book?.Close(new LineClosedException(Endpoint.Url, $"the line is closed ({end.CloseCode}{(end.Reason.Length > 0 ? ": " + end.Reason : "")})", end.CloseCode, end.Error));
        Tell(new LineClosed(end, InitiatorOf(end)));
        _completion.TrySetResult(end);
    }
}
