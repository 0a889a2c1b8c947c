using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Transport;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Lines over several endpoints (RELIABILITY B75, B76, D23, D24; CONTRACT T19).</summary>
public sealed class EndpointSetTests
{
    private static readonly Endpoint[] s_two = [Endpoint.Parse("ws://a.test/ws"), Endpoint.Parse("ws://b.test/ws")];
    private static readonly LineEnd s_cut = new(1006, "cut", new NetworkException("cut"));

    private readonly ManualTimeProvider _time = new();
    private readonly Hosts _hosts = new();

    [Fact]
    public async Task The_first_connect_fails_over_after_one_failed_attempt()
    {
        _hosts.Refuse("a.test", new NetworkException("refused"));
        EndpointSet set = Set();
        await (await ConnectAsync(set)).DisposeAsync();
        Assert.Equal(["a.test", "b.test"], _hosts.Asked);
        await (await ConnectAsync(set)).DisposeAsync();
        Assert.Equal(["a.test", "b.test", "b.test"], _hosts.Asked);
    }

    [Fact]
    public async Task When_all_fail_every_cause_is_told()
    {
        _hosts.Refuse("a.test", new NetworkException("refused"));
        _hosts.Refuse("b.test", new HandshakeException("busy"));
        AllConnectionsFailedException e = await Assert.ThrowsAsync<AllConnectionsFailedException>(() => ConnectAsync(Set()).AsTask());
        Assert.Collection(
            e.Causes,
            cause => Assert.Equal(1, Assert.IsType<NetworkException>(cause).Attempt),
            cause => Assert.Equal(2, Assert.IsType<HandshakeException>(cause).Attempt));
    }

    [Fact]
    public async Task A_line_that_comes_back_goes_to_another_endpoint_after_one_failed_attempt_and_back_after_the_stable_period()
    {
        EndpointSet set = Set();
        LineSession session = await ConnectAsync(set);
        _time.Advance(TimeSpan.FromMinutes(10));
        session.Visit!.OnEnded(LossKind.Network);
        await session.DisposeAsync();
        _hosts.Refuse("a.test", new NetworkException("refused"));
        await Assert.ThrowsAsync<NetworkException>(() => ConnectAsync(set, s_cut).AsTask());
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        _hosts.Refuse("a.test", null);
        _time.Advance(TimeSpan.FromSeconds(59));
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        Assert.Equal(["a.test", "a.test", "b.test", "b.test"], _hosts.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        Assert.Equal("a.test", _hosts.Asked[^1]);
    }

    [Theory]
    [InlineData(LossKind.GoingAway, 3600, true)]
    [InlineData(LossKind.Restarting, 3600, true)]
    [InlineData(LossKind.Overloaded, 3600, true)]
    [InlineData(LossKind.Network, 3600, false)]
    [InlineData(LossKind.Closed, 30, false)]
    [InlineData(LossKind.Network, 29, true)]
    [InlineData(LossKind.Closed, 1, true)]
    public async Task Who_sends_lines_away_or_cuts_them_young_comes_after_the_others(LossKind kind, int lived, bool leaves)
    {
        EndpointSet set = Set();
        LineSession session = await ConnectAsync(set);
        _time.Advance(TimeSpan.FromSeconds(lived));
        session.Visit!.OnEnded(kind);
        session.Visit!.OnEnded(kind);
        await session.DisposeAsync();
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        Assert.Equal(leaves ? "b.test" : "a.test", _hosts.Asked[^1]);
        Assert.Equal(0, set.Statistics.Sum(endpoint => endpoint.Open));
    }

    [Fact]
    public async Task A_line_closed_on_this_side_says_nothing()
    {
        EndpointSet set = Set();
        LineSession session = await ConnectAsync(set);
        Assert.Equal(1, set.Statistics[0].Open);
        await session.DisposeAsync();
        Assert.Equal(0, set.Statistics[0].Open);
        Assert.Equal(0, set.Statistics[0].Failures);
        Assert.False(set.Statistics[0].IsInDoubt);
    }

    /// <summary>RELIABILITY B09, D23: the venue counts no request while it asked to be left alone, whoever would send it.</summary>
    [Theory]
    [InlineData(429, 90, 90)]
    [InlineData(503, 90, 90)]
    [InlineData(418, 86_400, 86_400)]
    [InlineData(429, null, 60)]
    [InlineData(429, 1_000_000_000, 259_200)]
    public async Task Nobody_goes_to_an_endpoint_that_asked_to_be_left_alone(int status, int? retryAfter, int seconds)
    {
        TimeSpan? asked = retryAfter is { } s ? TimeSpan.FromSeconds(s) : null;
        EndpointSet set = Set([s_two[0]]);
        _hosts.Refuse("a.test", new HandshakeException(s_two[0].Url, "slow down", status, asked));
        await Assert.ThrowsAsync<HandshakeException>(() => ConnectAsync(set).AsTask());
        _time.StepWallClock(TimeSpan.FromDays(30));
        for (int line = 0; line < 20; line++)
        {
            EndpointsUnavailableException e = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => ConnectAsync(set, s_cut).AsTask());
            Assert.Equal(seconds, e.RetryAfter.TotalSeconds);
        }

        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<EndpointsUnavailableException>(() => ConnectAsync(set, s_cut).AsTask());
        Assert.Single(_hosts.Asked);
        _time.Advance(TimeSpan.FromTicks(1));
        _hosts.Refuse("a.test", null);
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        Assert.Equal(2, _hosts.Asked.Count);
    }

    /// <summary>Who gives up hears of that; the venue's answer, which had come by then, holds for the others.</summary>
    [Fact]
    public async Task What_an_attempt_that_is_given_up_was_told_is_not_lost()
    {
        EndpointSet set = Set([s_two[0]]);
        _hosts.Refuse("a.test", new HandshakeException(s_two[0].Url, "slow down", 503, TimeSpan.FromSeconds(30)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectAsync(set, cancellationToken: new CancellationToken(canceled: true)).AsTask());
        EndpointsUnavailableException e = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => ConnectAsync(set).AsTask());
        Assert.Equal(30, e.RetryAfter.TotalSeconds);
    }

    /// <summary>CONTRACT T19, RELIABILITY B76: five failures open the breaker on the connect path; a minute later one probe goes, and it alone.</summary>
    [Fact]
    public async Task The_breaker_opens_on_the_connect_path_and_recovers_through_one_probe()
    {
        EndpointSet set = Set();
        _hosts.Refuse("a.test", new NetworkException("refused"));
        _hosts.Refuse("b.test", new NetworkException("refused"));
        for (int attempt = 0; attempt < 10; attempt++)
        {
            await Assert.ThrowsAsync<NetworkException>(() => ConnectAsync(set, s_cut).AsTask());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(set.Statistics, endpoint => Assert.Equal(CircuitState.Open, endpoint.Breaker));
        EndpointsUnavailableException e = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => ConnectAsync(set, s_cut).AsTask());
        Assert.Equal(58, e.RetryAfter.TotalSeconds);
        Assert.Contains("ws://a.test/ws failed 5 times in a row and is probed in 58 s; ws://b.test/ws failed 5 times in a row and is probed in 59 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(10, _hosts.Asked.Count);

        _time.Advance(TimeSpan.FromSeconds(58));
        _hosts.Refuse("a.test", null);
        _hosts.Hold = new TaskCompletionSource();
        ValueTask<LineSession> probe = ConnectAsync(set, s_cut);
        Assert.Equal(11, _hosts.Asked.Count);
        e = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => ConnectAsync(set, s_cut).AsTask());
        Assert.Equal(TimeSpan.Zero, e.RetryAfter);
        Assert.Contains("is being probed", e.Message, StringComparison.Ordinal);
        Assert.Equal(11, _hosts.Asked.Count);

        _hosts.Hold.SetResult();
        _hosts.Hold = null;
        await (await probe).DisposeAsync();
        Assert.Equal(CircuitState.Closed, set.Statistics[0].Breaker);
        await (await ConnectAsync(set, s_cut)).DisposeAsync();
        Assert.Equal(12, _hosts.Asked.Count);
        Assert.Equal("a.test", _hosts.Asked[^1]);
    }

    [Fact]
    public async Task An_attempt_that_is_cancelled_or_a_refresh_that_fails_says_nothing_about_the_endpoint()
    {
        EndpointSet set = Set(options: new EndpointSetOptions { TimeProvider = _time, Breaker = new CircuitBreakerOptions { FailureThreshold = 1 } });
        _hosts.Hold = new TaskCompletionSource();
        using var given = new CancellationTokenSource();
        ValueTask<LineSession> attempt = ConnectAsync(set, s_cut, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.AsTask());
        LineOptions failing = Options(set) with { RefreshEndpoint = (_, _, _) => throw new InvalidOperationException("no key") };
        await Assert.ThrowsAsync<InvalidOperationException>(() => LineConnector.ConnectAsync(s_two[0], failing, new VenueLimits(), s_cut, default).AsTask());
        Assert.All(set.Statistics, endpoint => Assert.Equal((CircuitState.Closed, 0L, false), (endpoint.Breaker, endpoint.Failures, endpoint.IsInDoubt)));
    }

    [Fact]
    public async Task A_timeout_counts()
    {
        EndpointSet set = Set(options: new EndpointSetOptions { TimeProvider = _time, Breaker = new CircuitBreakerOptions { FailureThreshold = 1 } });
        _hosts.Hold = new TaskCompletionSource();
        ValueTask<LineSession> attempt = ConnectAsync(set, s_cut);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<ConnectTimeoutException>(() => Deadline.Within(attempt.AsTask()));
        Assert.Equal(CircuitState.Open, set.Statistics[0].Breaker);
    }

    [Fact]
    public async Task Address_and_credentials_are_made_at_every_attempt_for_the_endpoint_that_was_chosen()
    {
        _hosts.Refuse("a.test", new NetworkException("refused"));
        var refreshed = new List<string>();
        LineOptions options = Options(Set()) with
        {
            RefreshEndpoint = (endpoint, _, _) =>
            {
                refreshed.Add(endpoint.Url.Host);
                return ValueTask.FromResult(new Endpoint(new Uri($"ws://{endpoint.Url.Host}/ws?listenKey={refreshed.Count}")));
            },
        };
        await (await LineConnector.ConnectAsync(s_two[0], options, new VenueLimits(), null, default)).DisposeAsync();
        Assert.Equal(["a.test", "b.test"], refreshed);
        Assert.Equal("?listenKey=2", _hosts.Queries[^1]);
    }

    [Fact]
    public async Task Every_attempt_of_every_line_takes_a_place_in_the_shared_connect_rate()
    {
        EndpointSet set = Set();
        var rate = new ConnectRate(2, TimeSpan.FromMinutes(1), TimeSpan.Zero, _time);
        _hosts.Refuse("a.test", new NetworkException("refused"));
        LineOptions options = Options(set) with { ConnectRate = rate };
        await (await LineConnector.ConnectAsync(s_two[0], options, new VenueLimits(), null, default)).DisposeAsync();
        Assert.Equal(2, _hosts.Asked.Count);
        Task<LineSession> third = LineConnector.ConnectAsync(s_two[0], options, new VenueLimits(), s_cut, default).AsTask();
        Assert.Equal(1, rate.Waiting);
        _hosts.Refuse("a.test", null);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, _hosts.Asked.Count);

        // The wait is no part of the connect timeout, which is 10 s.
        _time.Advance(TimeSpan.FromSeconds(1));
        await (await Deadline.Within(third)).DisposeAsync();
        Assert.Equal(3, _hosts.Asked.Count);
    }

    /// <summary>Where another endpoint has asked for nothing, there is nothing to wait for.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_venue_that_asks_to_stay_away_slows_nobody_who_can_go_elsewhere(bool hasOther)
    {
        EndpointSet set = Set(hasOther ? s_two : [s_two[0]]);
        var error = new HandshakeException(s_two[0].Url, "slow down", 429, TimeSpan.FromHours(1));
        set.Choose().OnFailed(error);
        var policy = new RetryPolicy(new ReconnectOptions(), s_two[0].Url, false, new Random(1), _time, set);
        TimeSpan delay = policy.Decide(new LineEnd(1006, "", error)).Delay;
        Assert.Equal(!hasOther, delay == TimeSpan.FromHours(1));
        Assert.Equal(hasOther, delay <= TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task A_line_fails_over_by_itself_and_reports_what_it_saw()
    {
        var venue = new ScriptedVenue();
        var hosts = new Hosts { Behind = venue.Factory };
        var set = new EndpointSet(s_two);
        var options = new LineOptions
        {
            Transport = hosts,
            Endpoints = set,
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
        };
        await using Line line = await Line.ConnectAsync(BinanceVenue.Spot, options);
        ScriptedVenue.Connection connection = await venue.NextConnectionAsync();
        await connection.SendAsync(8, [0x03, 0xE9]);
        await venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => line.State == LineState.Live && set.Statistics[1].Open == 1, "the line is back");
        Assert.Equal(["a.test", "b.test"], hosts.Asked);
        Assert.Equal((1L, 0, true), (set.Statistics[0].Failures, set.Statistics[0].Open, set.Statistics[0].IsInDoubt));
        Assert.NotNull(set.Statistics[1].Latency);
        await line.DisposeAsync();
        Assert.Equal((0L, 0), (set.Statistics[1].Failures, set.Statistics[1].Open));
    }

    [Fact]
    public void Nonsense_is_refused_all_at_once()
    {
        InvalidOptionsException e = Assert.Throws<InvalidOptionsException>(() => new EndpointSet([], new EndpointSetOptions
        {
            Weights = [0],
            FailBackAfter = TimeSpan.FromTicks(-1),
            Breaker = new CircuitBreakerOptions { FailureThreshold = 0 },
        }));
        Assert.Equal(["endpoints", "Weights", "FailBackAfter", "Breaker.FailureThreshold", "Weights"], e.Errors.Select(error => error.Split(' ')[0]));
        Assert.DoesNotContain("secret77", new EndpointSet([Endpoint.Parse("wss://u:secret77@a.test/ws?key=secret77")]).ToString(), StringComparison.Ordinal);
    }

    private EndpointSet Set(Endpoint[]? endpoints = null, EndpointSetOptions? options = null) =>
        new(endpoints ?? s_two, options ?? new EndpointSetOptions { TimeProvider = _time });

    private LineOptions Options(EndpointSet set) => new() { Transport = _hosts, Endpoints = set, TimeProvider = _time };

    private ValueTask<LineSession> ConnectAsync(EndpointSet set, LineEnd? lastEnd = null, CancellationToken cancellationToken = default) =>
        LineConnector.ConnectAsync(s_two[0], Options(set), new VenueLimits(), lastEnd, cancellationToken);
}
