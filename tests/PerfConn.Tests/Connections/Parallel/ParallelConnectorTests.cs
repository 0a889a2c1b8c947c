using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Parallel;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Connections.Parallel;

/// <summary>CONTRACT 3 and T17: many endpoints at once.</summary>
public sealed class ParallelConnectorTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Dock _dock = new();

    [Fact]
    public async Task Every_endpoint_has_its_outcome_in_the_order_given()
    {
        _dock.At(1, (_, _) => throw new NetworkException("refused"));
        _dock.At(3, (_, _) => throw new InvalidOperationException("a bug with secret3"));
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(5, Options with { Retry = Retry.None });
        Assert.Equal([0, 1, 2, 3, 4], result.Outcomes.Select(outcome => outcome.Index));
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"host{i}.test"), result.Outcomes.Select(outcome => outcome.Endpoint.Url.Host));
        Assert.Equal([0, 2, 4], result.Outcomes.Where(outcome => outcome.Status == ConnectStatus.Connected).Select(outcome => outcome.Index));
        Assert.Equal(["host0.test", "host2.test", "host4.test"], result.Connections.Select(connection => connection.Endpoint.Url.Host));
        Assert.All(result.Outcomes, outcome => Assert.Equal(outcome.Connection is null, outcome.Error is not null));
        Assert.Equal("refused", Assert.IsType<NetworkException>(result.Outcomes[1].Error).Message);
        Assert.Equal("ws://host3.test/ws?key=***: InvalidOperationException: a bug with ***", result.Outcomes[3].Error!.Message);
        Assert.DoesNotContain("secret3", result.ToString() + result.Outcomes[3].Error, StringComparison.Ordinal);
        Assert.Contains("3 of 5 connected", result.ToString(), StringComparison.Ordinal);
        result.ThrowIfFailed();
        Assert.Equal(3, _dock.Open);
        await result.DisposeAsync();
        Assert.Equal(0, _dock.Open);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public async Task Never_more_attempts_are_under_way_than_allowed_and_as_many_as_allowed_are(int most)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int host = 0; host < 100; host++)
        {
            bool fails = host % 3 == 0;
            _dock.At(host, async (attempt, token) =>
            {
                await hold.Task.WaitAsync(token);
                if (fails && attempt < 3)
                {
                    throw new NetworkException("refused");
                }
            });
        }

        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(100, Options with { MaxConcurrency = most, Retry = Retry.Fixed(TimeSpan.Zero) });
        await Deadline.UntilAsync(() => _dock.UnderWay == most, "the gate is full");
        hold.SetResult();
        ParallelConnectResult<Dock.Mooring> result = await Deadline.Within(run);
        Assert.Equal(100, result.Connections.Count);
        Assert.Equal(most, _dock.MostUnderWay);
        Assert.Equal(100 + (34 * 2), _dock.Attempts);
    }

    [Fact]
    public async Task An_endpoint_that_waits_for_its_next_attempt_takes_no_place()
    {
        _dock.At(0, (_, _) => throw new NetworkException("refused"));
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(3, new ParallelConnectOptions { TimeProvider = _time, MaxConcurrency = 1 });
        await Deadline.UntilAsync(() => _dock.Opened == 2, "the others are connected");
        for (int attempt = 1; attempt < 6; attempt++)
        {
            await Deadline.UntilAsync(() => _dock.AttemptsAt(0) == attempt && _time.NextDue == TimeSpan.FromSeconds(5), "it waits for its next attempt");
            _time.Advance(TimeSpan.FromSeconds(4.999));
            Assert.Equal(attempt, _dock.AttemptsAt(0));
            _time.Advance(TimeSpan.FromSeconds(0.001));
        }

        ParallelConnectResult<Dock.Mooring> result = await Deadline.Within(run);
        Assert.Equal((6, ConnectStatus.Failed, TimeSpan.FromSeconds(25)), (result.Outcomes[0].Attempts, result.Outcomes[0].Status, result.Outcomes[0].Elapsed));
        Assert.Equal(6, result.Outcomes[0].Error!.Attempt);
        Assert.Equal(2, result.Connections.Count);
    }

    [Fact]
    public async Task An_attempt_ends_with_its_time_and_what_comes_later_is_closed()
    {
        var late = new TaskCompletionSource();
        _dock.At(0, (_, _) => late.Task);
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(1, Options with { Retry = Retry.None });
        await Deadline.UntilAsync(() => _dock.UnderWay == 1, "it is under way");
        _time.Advance(TimeSpan.FromSeconds(10));
        ParallelConnectResult<Dock.Mooring> result = await Deadline.Within(run);
        Assert.Contains("10 s", Assert.IsType<ConnectTimeoutException>(result.Outcomes[0].Error).Message, StringComparison.Ordinal);
        late.SetResult();
        await Deadline.UntilAsync(() => _dock is { Opened: 1, Open: 0 }, "what came late is closed");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task Once_enough_have_connected_the_rest_is_abandoned_and_closed(int required)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int host = 0; host < 10; host++)
        {
            // Half of them do not heed their token, and come through all the same.
            bool heeds = host % 2 == 0;
            _dock.At(host, (_, token) => heeds ? hold.Task.WaitAsync(token) : hold.Task);
        }

        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(10, Options with { MaxConcurrency = 10, Required = required });
        await Deadline.UntilAsync(() => _dock.UnderWay == 10, "all are under way");
        hold.SetResult();
        ParallelConnectResult<Dock.Mooring> result = await Deadline.Within(run);
        Assert.Equal(required, result.Connections.Count);
        Assert.True(result.IsEnough);
        Assert.Equal(10 - required, result.Outcomes.Count(outcome => outcome.Status == ConnectStatus.Abandoned));
        await Deadline.UntilAsync(() => _dock.UnderWay == 0 && _dock.Open == required, "the losers are closed");
        result.ThrowIfFailed();
    }

    [Fact]
    public async Task Who_waits_for_a_place_or_the_next_attempt_is_abandoned_too()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _dock.At(0, (_, _) => throw new NetworkException("refused"));
        _dock.At(1, (_, token) => hold.Task.WaitAsync(token));
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(4, new ParallelConnectOptions { TimeProvider = _time, MaxConcurrency = 1, Required = 1 });
        await Deadline.UntilAsync(() => _dock.AttemptsAt(1) == 1 && _time.Waiting == 2 && _time.NextDue == TimeSpan.FromSeconds(5), "one waits for its next attempt, one is under way, two for a place");
        hold.SetResult();
        ParallelConnectResult<Dock.Mooring> result = await Deadline.Within(run);
        Assert.Equal(
            [ConnectStatus.Abandoned, ConnectStatus.Connected, ConnectStatus.Abandoned, ConnectStatus.Abandoned], result.Outcomes.Select(outcome => outcome.Status));
        Assert.Equal([1, 1, 0, 0], result.Outcomes.Select(outcome => outcome.Attempts));
        Assert.IsType<NetworkException>(result.Outcomes[0].Error);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public async Task Who_gives_it_up_has_nothing_open()
    {
        _dock.At(2, (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, _time, token));
        using var given = new CancellationTokenSource();
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(3, Options, cancellationToken: given.Token);
        await Deadline.UntilAsync(() => _dock is { Open: 2, UnderWay: 1 }, "one hangs");
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(run));
        Assert.Equal(0, _dock.Open);
    }

    [Fact]
    public async Task A_custom_strategy_sees_the_error_of_its_endpoint_and_stop_stops()
    {
        var seen = new ConcurrentQueue<(int Attempt, Type Type)>();
        _dock.At(0, (_, _) => throw HandshakeException.OfStatus(new Uri("ws://host0.test"), "", 401, null, innerException: null));
        _dock.At(1, (attempt, _) => attempt < 3 ? throw new NetworkException("refused") : Task.CompletedTask);
        _dock.At(2, (_, _) => throw new TlsException("no"));
        var retry = Retry.Custom((attempt, error, _) =>
        {
            seen.Enqueue((attempt, error.GetType()));
            return error switch
            {
                AuthenticationFailedException => null,
                NetworkException => TimeSpan.Zero,
                _ => throw new InvalidOperationException("a bug"),
            };
        });
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(4, Options with { Retry = retry });
        Assert.Equal([1, 3, 1, 1], result.Outcomes.Select(outcome => outcome.Attempts));
        Assert.IsType<AuthenticationFailedException>(result.Outcomes[0].Error);
        Assert.IsType<RetryStrategyException>(result.Outcomes[2].Error);
        Assert.Equal(2, result.Connections.Count);
        Assert.Contains((2, typeof(NetworkException)), seen);
    }

    [Fact]
    public async Task What_would_only_be_refused_again_is_not_asked_again()
    {
        _dock.At(0, (_, _) => throw new HandshakeException(new Uri("ws://host0.test"), "", 404));
        _dock.At(1, (_, _) => throw new HandshakeException(new Uri("ws://host1.test"), "", 503, TimeSpan.FromSeconds(61)));
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(2, Options with { FallsBackToOneByOne = true });
        Assert.Equal([1, 1], result.Outcomes.Select(outcome => outcome.Attempts));
    }

    /// <summary>RELIABILITY D23: also who falls back to one by one asks nobody before his time (found by simulation).</summary>
    [Fact]
    public async Task One_by_one_waits_as_long_as_the_venue_has_asked()
    {
        _dock.At(0, (attempt, _) => attempt == 1 ? throw new HandshakeException(new Uri("ws://host0.test"), "", 503, TimeSpan.FromSeconds(30)) : Task.CompletedTask);
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(1, new ParallelConnectOptions { TimeProvider = _time, Retry = Retry.None, FallsBackToOneByOne = true });
        await Deadline.UntilAsync(() => _time.NextDue == TimeSpan.FromSeconds(30), "it waits");
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, _dock.Attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await Deadline.Within(run)).IsEnough);
    }

    [Fact]
    public async Task Retry_After_lengthens_the_delay()
    {
        _dock.At(0, (attempt, _) => attempt == 1 ? throw new HandshakeException(new Uri("ws://host0.test"), "", 503, TimeSpan.FromSeconds(30)) : Task.CompletedTask);
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(1, new ParallelConnectOptions { TimeProvider = _time });
        await Deadline.UntilAsync(() => _time.NextDue == TimeSpan.FromSeconds(30), "it waits");
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, _dock.Attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        ConnectOutcome<Dock.Mooring> outcome = Assert.Single((await Deadline.Within(run)).Outcomes);
        Assert.Equal((2, ConnectStatus.Connected, TimeSpan.FromSeconds(30)), (outcome.Attempts, outcome.Status, outcome.Elapsed));
    }

    [Fact]
    public async Task What_failed_side_by_side_is_tried_once_more_one_by_one()
    {
        for (int host = 0; host < 5; host++)
        {
            // A server that takes one at a time.
            _dock.At(host, (attempt, _) => attempt == 1 ? throw new NetworkException("busy") : Task.CompletedTask);
        }

        var steps = new Steps();
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(5, Options with { Retry = Retry.None, FallsBackToOneByOne = true, Required = 3 }, steps);
        Assert.True(result.WasOneByOne);
        Assert.Equal(3, result.Connections.Count);
        Assert.Equal(
            [ConnectStatus.Connected, ConnectStatus.Connected, ConnectStatus.Connected, ConnectStatus.Abandoned, ConnectStatus.Abandoned],
            result.Outcomes.Select(outcome => outcome.Status));
        ParallelConnectProgress[] after = [.. steps.All.SkipWhile(step => step.Step != ParallelConnectStep.OneByOne)];
        Assert.Equal([0, 1, 2], after.Where(step => step.Step == ParallelConnectStep.AttemptStarted).Select(step => step.Index));
        Assert.All(after, step => Assert.InRange(step.InFlight, 0, 1));
    }

    [Fact]
    public async Task It_does_not_fall_back_when_there_is_something()
    {
        _dock.At(0, (_, _) => throw new NetworkException("refused"));
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(2, Options with { Retry = Retry.None, FallsBackToOneByOne = true });
        Assert.False(result.WasOneByOne);
        Assert.Equal(1, _dock.AttemptsAt(0));
    }

    [Fact]
    public async Task Progress_is_told_while_it_runs_and_may_throw()
    {
        _dock.At(0, (attempt, _) => attempt == 1 ? throw new NetworkException("busy") : Task.CompletedTask);
        _dock.At(1, (_, _) => throw new NetworkException("refused"));
        var steps = new Steps { Throws = true };
        await RunAsync(3, Options with { Retry = Retry.Fixed(TimeSpan.Zero) with { MaxRetries = 1 }, MaxConcurrency = 1 }, steps);
        Assert.Equal(5, steps.Count(ParallelConnectStep.AttemptStarted));
        Assert.Equal(2, steps.Count(ParallelConnectStep.AttemptFailed));
        Assert.Equal(2, steps.Count(ParallelConnectStep.Connected));
        Assert.Equal(1, steps.Count(ParallelConnectStep.Failed));
        ParallelConnectProgress last = steps.All[^1];
        Assert.Equal((3, 2, 1), (last.Total, last.Connected, last.Failed));
        Assert.Equal("refused", Assert.Single(steps.All, step => step.Step == ParallelConnectStep.Failed).Error!.Message);
        Assert.Equal(TimeSpan.Zero, steps.All.First(step => step.Step == ParallelConnectStep.AttemptFailed).RetryIn);
    }

    [Fact]
    public async Task When_all_fail_the_result_says_so_and_throws_when_asked()
    {
        _dock.At(0, (_, _) => throw new NetworkException("refused"));
        _dock.At(1, (_, _) => throw new TlsException("no"));
        ParallelConnectResult<Dock.Mooring> result = await RunAsync(2, Options with { Retry = Retry.None });
        Assert.False(result.IsEnough);
        AllConnectionsFailedException e = Assert.Throws<AllConnectionsFailedException>(result.ThrowIfFailed);
        Assert.Equal("no connection could be made; refused; no", e.Message);
        Assert.Equal([typeof(NetworkException), typeof(TlsException)], e.Causes.Select(cause => cause.GetType()));

        ParallelConnectResult<Dock.Mooring> some = await RunAsync(3, Options with { Retry = Retry.None, Required = 2 });
        Assert.Equal("1 of the 2 connections needed could be made; refused; no", Assert.Throws<AllConnectionsFailedException>(some.ThrowIfFailed).Message);
        Assert.Equal(1, _dock.Open);
    }

    [Fact]
    public async Task Each_attempt_takes_a_place_in_the_shared_connect_rate()
    {
        var rate = new ConnectRate(3, TimeSpan.FromMinutes(5), TimeSpan.Zero, _time);
        Task<ParallelConnectResult<Dock.Mooring>> run = RunAsync(5, Options with { ConnectRate = rate });
        await Deadline.UntilAsync(() => _dock.Open == 3 && rate.Waiting == 2, "three have had their place");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(5, (await Deadline.Within(run)).Connections.Count);
    }

    [Fact]
    public async Task Nonsense_is_refused_all_at_once_and_nothing_is_opened()
    {
        var options = new ParallelConnectOptions { MaxConcurrency = 0, AttemptTimeout = TimeSpan.Zero, MaxRetryAfter = TimeSpan.FromTicks(-1), Required = 1, Retry = null! };
        InvalidOptionsException e = await Assert.ThrowsAsync<InvalidOptionsException>(() => RunAsync(0, options));
        Assert.Equal(
            ["endpoints", "MaxConcurrency", "Retry", "AttemptTimeout", "MaxRetryAfter", "Required"], e.Errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
        e = await Assert.ThrowsAsync<InvalidOptionsException>(() => ParallelConnector.ConnectLinesAsync(
            Dock.Endpoints(2), _ => new Silent(), new LineOptions { CloseTimeout = TimeSpan.MinValue, Endpoints = new EndpointSet(Dock.Endpoints(1)) }, Options with { Required = 3 }));
        Assert.Equal(["Required", "lineOptions.Endpoints", "lineOptions.CloseTimeout"], e.Errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
        Assert.Equal(0, _dock.Attempts);
    }

    [Fact]
    public async Task Lines_are_opened_to_each_endpoint_and_keep_to_the_time_and_the_rate_themselves()
    {
        var hosts = new Hosts();
        hosts.Refuse("host1.test", new NetworkException("refused"));
        var rate = new ConnectRate(3, TimeSpan.FromMinutes(5), TimeSpan.Zero, _time);
        var lines = new LineOptions { Transport = hosts, TimeProvider = _time, Heartbeat = null, CloseTimeout = TimeSpan.Zero };
        var asked = new ConcurrentQueue<string>();
        Silent Handler(Endpoint endpoint)
        {
            asked.Enqueue(endpoint.Url.Host);
            return new Silent();
        }

        ParallelConnectResult<MessageLine> result = await Deadline.Within(
            ParallelConnector.ConnectLinesAsync(Dock.Endpoints(3), Handler, lines, Options with { Retry = Retry.None, ConnectRate = rate }));
        Assert.Equal([ConnectStatus.Connected, ConnectStatus.Failed, ConnectStatus.Connected], result.Outcomes.Select(outcome => outcome.Status));
        Assert.Equal("host2.test", result.Outcomes[2].Connection!.Endpoint.Url.Host);
        Assert.All(result.Connections, line => Assert.Equal(LineState.Live, line.State));
        Assert.Equal(["host0.test", "host1.test", "host2.test"], asked.Order());

        // Three places are taken, by three attempts.
        Task fourth = rate.WaitAsync(false, default).AsTask();
        Assert.Equal(1, rate.Waiting);
        _time.Advance(TimeSpan.FromMinutes(5));
        await Deadline.Within(fourth);

        hosts.Hold = new TaskCompletionSource();
        Task<ParallelConnectResult<MessageLine>> slow = ParallelConnector.ConnectLinesAsync(
            Dock.Endpoints(1), Handler, lines, Options with { Retry = Retry.None, AttemptTimeout = TimeSpan.FromSeconds(3) });
        await Deadline.UntilAsync(() => hosts.Asked.Count == 4, "it is under way");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.IsType<ConnectTimeoutException>((await Deadline.Within(slow)).Outcomes[0].Error);
        hosts.Hold.SetResult();
        await Deadline.Within(result.DisposeAsync().AsTask());
        Assert.All(result.Connections, line => Assert.Equal(LineState.Closed, line.State));
    }

    private ParallelConnectOptions Options => new() { TimeProvider = _time, Retry = Retry.Fixed(TimeSpan.Zero) with { MaxRetries = 5 } };

    private Task<ParallelConnectResult<Dock.Mooring>> RunAsync(
        int endpoints, ParallelConnectOptions options, IProgress<ParallelConnectProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Deadline.Within(ParallelConnector.ConnectAsync(Dock.Endpoints(endpoints), _dock.ConnectAsync, options, progress, cancellationToken));

    private readonly struct Silent : IMessageHandler
    {
        public void OnMessage(in Message message)
        {
        }
    }

    private sealed class Steps : IProgress<ParallelConnectProgress>
    {
        private readonly ConcurrentQueue<ParallelConnectProgress> _all = new();

        public bool Throws { get; init; }

        public IReadOnlyList<ParallelConnectProgress> All => [.. _all];

        public int Count(ParallelConnectStep step) => _all.Count(report => report.Step == step);

        public void Report(ParallelConnectProgress value)
        {
            _all.Enqueue(value);
            if (Throws)
            {
                throw new InvalidOperationException("a bug");
            }
        }
    }
}
