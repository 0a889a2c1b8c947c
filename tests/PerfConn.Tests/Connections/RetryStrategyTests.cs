using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Tests.Diagnostics;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A line under retry strategies of the user's own (CONTRACT T18), and what counts as proof (RELIABILITY C3).</summary>
public sealed class RetryStrategyTests
{
    private static readonly Uri s_url = new("wss://venue.test/ws?key=secret77");
    private static readonly LineEnd s_cut = new(1006, "cut", new NetworkException(s_url, "cut"));

    private readonly ScriptedVenue _venue = new();

    [Fact]
    public async Task A_strategy_receives_the_typed_error_and_stop_stops()
    {
        var seen = new List<(int Attempt, Exception Error)>();
        var retry = Retry.Custom((attempt, error, _) =>
        {
            seen.Add((attempt, error));
            return error is AuthenticationFailedException ? null : TimeSpan.Zero;
        });
        await using Line line = await ConnectAsync(new ReconnectOptions { Retry = retry });
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        _venue.Refusal = HandshakeException.OfStatus(s_url, "go away", 403, null, innerException: null);
        connection.Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal([1, 2], seen.Select(s => s.Attempt));
        Assert.IsType<NetworkException>(seen[0].Error, exactMatch: false);
        AuthenticationFailedException refused = Assert.IsType<AuthenticationFailedException>(seen[1].Error);
        Assert.Equal(403, refused.StatusCode);
        Assert.Equal(1, refused.Attempt);
        Assert.Equal("wss://venue.test/ws?key=***", refused.Endpoint);
        Assert.Same(refused, end.Error);
        Assert.Equal(2, _venue.Attempts);
    }

    [Fact]
    public async Task A_strategy_that_throws_is_logged_and_the_line_lives_on()
    {
        var logger = new RecordingLogger();
        await using Line line = await ConnectAsync(new ReconnectOptions { Retry = Retry.Custom((_, _, _) => throw new InvalidOperationException("a bug")) }, logger);
        (await _venue.NextConnectionAsync()).Cut();
        await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => line.State == LineState.Live, "the line is back");
        Assert.Contains(logger.Messages, message => message.Contains("retry strategy failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attempts_that_are_used_up_are_told_as_such_with_the_last_cause()
    {
        await using Line line = await ConnectAsync(new ReconnectOptions { Retry = Retry.Fixed(TimeSpan.Zero) with { MaxRetries = 3 } });
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        _venue.Refusal = new NetworkException("refused");
        connection.Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        RetriesExhaustedException error = Assert.IsType<RetriesExhaustedException>(end.Error);
        Assert.Equal(3, error.Retries);
        Assert.Same(_venue.Refusal, error.InnerException);
        Assert.Equal(4, _venue.Attempts);
    }

    [Fact]
    public void Options_out_of_range_are_told_all_at_once()
    {
        var options = new LineOptions
        {
            ConnectTimeout = TimeSpan.Zero,
            CloseTimeout = TimeSpan.FromSeconds(-1),
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.FromHours(1), MaxRepeats = 0, HealthyAfter = TimeSpan.FromTicks(-1), MaxAttempts = -1 },
        };
        InvalidOptionsException e = Assert.Throws<InvalidOptionsException>(options.Validate);
        Assert.Equal(
            ["ConnectTimeout", "CloseTimeout", "Reconnect.FirstDelay", "Reconnect.HealthyAfter", "Reconnect.MaxAttempts", "Reconnect.MaxRepeats"],
            e.Errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
        Assert.All(e.Errors, error => Assert.Contains(error, e.Message, StringComparison.Ordinal));
        new LineOptions().Validate();
        Assert.Equal("MaxRepeats must be at least 1, it is 0", Assert.Single(Assert.Throws<InvalidOptionsException>(new ReconnectOptions { MaxRepeats = 0 }.Validate).Errors));
    }

    [Fact]
    public async Task A_line_is_not_opened_with_options_that_cannot_be_used()
    {
        await Assert.ThrowsAsync<InvalidOptionsException>(() => ConnectAsync(new ReconnectOptions { MaxRepeats = 0 }));
        Assert.Equal(0, _venue.Attempts);
    }

    /// <summary>A server that lets in, sends a tick and cuts must be asked less and less often.</summary>
    [Fact]
    public void A_short_session_is_no_proof_even_with_data()
    {
        RetryPolicy policy = Policy(new ReconnectOptions { Retry = Retry.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1000), jitter: 0) });
        Assert.Equal(1, policy.Decide(s_cut).Delay.TotalSeconds);
        policy.OnSessionEnd(broughtData: true, TimeSpan.FromSeconds(29));
        Assert.Equal(2, policy.Decide(s_cut).Delay.TotalSeconds);
        policy.OnSessionEnd(broughtData: false, TimeSpan.FromHours(1));
        Assert.Equal(4, policy.Decide(s_cut).Delay.TotalSeconds);
        policy.OnSessionEnd(broughtData: true, TimeSpan.FromSeconds(30));
        Assert.Equal(1, policy.Decide(s_cut).Delay.TotalSeconds);
    }

    [Theory]
    [InlineData(1012, 5, 30)]
    [InlineData(1013, 30, 60)]
    [InlineData(1008, 0, 0)]
    [InlineData(1009, 0, 0)]
    public void The_venues_word_lengthens_a_custom_delay_and_nothing_else_does(int code, double least, double most)
    {
        LineClosedException? seen = null;
        RetryPolicy policy = Policy(new ReconnectOptions
        {
            Retry = Retry.Custom((_, error, _) =>
            {
                seen = Assert.IsType<LineClosedException>(error);
                return TimeSpan.Zero;
            }),
        });
        RetryDecision decision = policy.Decide(new LineEnd(code, "because", null));
        Assert.True(decision.IsRetry);
        Assert.InRange(decision.Delay.TotalSeconds, least, most);
        Assert.Equal(code, seen!.CloseCode);
        Assert.Equal("because", seen.Reason);
        Assert.Equal("wss://venue.test/ws?key=***", seen.Endpoint);
    }

    [Fact]
    public void Retry_After_lengthens_a_custom_delay()
    {
        RetryPolicy policy = Policy(new ReconnectOptions { Retry = Retry.Custom((_, _, _) => TimeSpan.FromSeconds(1)) });
        Assert.Equal(TimeSpan.FromSeconds(90), policy.Decide(Refusal(429, TimeSpan.FromSeconds(90))).Delay);
        Assert.Equal(TimeSpan.FromSeconds(1), policy.Decide(Refusal(404)).Delay);
    }

    [Fact]
    public void When_no_endpoint_may_be_tried_each_line_adds_its_own_delay()
    {
        var end = new LineEnd(1006, "", new EndpointsUnavailableException("a cools", TimeSpan.FromSeconds(60)));
        double[] delays = [.. Enumerable.Range(0, 500).Select(seed => Policy(new ReconnectOptions(), seed).Decide(end).Delay.TotalMilliseconds)];
        Assert.InRange(delays.Min(), 60_000, 60_010);
        Assert.InRange(delays.Max(), 60_240, 60_250);
    }

    public static TheoryData<Exception, LossKind, RetryClass> Errors() => new()
    {
        { HandshakeException.OfStatus(s_url, "", 401, null, null), LossKind.Credentials, RetryClass.Fatal },
        { new HandshakeException(s_url, "", 429), LossKind.Throttled, RetryClass.Slow },
        { new HandshakeException(s_url, "", 404), LossKind.Refused, RetryClass.Fatal },
        { new NetworkException("cut"), LossKind.Network, RetryClass.Fast },
        { new ConnectTimeoutException("late"), LossKind.Network, RetryClass.Fast },
        { new TlsException(s_url, TlsFailureReason.Expired, "old"), LossKind.Tls, RetryClass.Slow },
        { new ProtocolViolationException(s_url, "bad", 1002), LossKind.Protocol, RetryClass.Fast },
        { new ProtocolViolationException(s_url, "big", 1009), LossKind.TooBig, RetryClass.Fatal },
        { new LineClosedException(s_url, 1012, ""), LossKind.Restarting, RetryClass.Slow },
        { new LineClosedException(s_url, 1000, ""), LossKind.Closed, RetryClass.Fast },
        { new EndpointsUnavailableException("none", TimeSpan.Zero), LossKind.Network, RetryClass.Fast },
        { new FramingException("no"), LossKind.Refused, RetryClass.Fatal },
        { new InvalidOptionsException("no"), LossKind.Refused, RetryClass.Fatal },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Each_error_has_its_kind_and_class(Exception error, LossKind kind, RetryClass retryClass)
    {
        Assert.Equal(kind, LossKinds.KindOf(error));
        Assert.Equal(retryClass, LossKinds.ClassOf(error));
    }

    private static LineEnd Refusal(int status, TimeSpan? retryAfter = null) => new(1006, "", new HandshakeException(s_url, "refused", status, retryAfter));

    private static RetryPolicy Policy(ReconnectOptions options, int seed = 1) => new(options, s_url, canRefresh: false, new Random(seed), new ManualTimeProvider());

    private Task<Line> ConnectAsync(ReconnectOptions reconnect, ILogger? logger = null)
    {
        var options = new LineOptions { Transport = _venue.Factory, Reconnect = reconnect };
        return Line.ConnectAsync(BinanceVenue.Spot.At("ws://venue.test/stream"), logger is null ? options : options with { Logger = logger });
    }
}
