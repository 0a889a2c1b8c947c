using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>The policy tables of RELIABILITY B1 (statuses, D11) and B2 (close codes, D12), row by row.</summary>
public class RetryPolicyTests
{
    private static readonly Uri s_url = new("wss://venue.test/ws");

    public static TheoryData<int, LossKind> Statuses() => new()
    {
        { 101, LossKind.Refused },
        { 200, LossKind.Refused },
        { 301, LossKind.Refused },
        { 302, LossKind.Refused },
        { 307, LossKind.Refused },
        { 400, LossKind.Refused },
        { 401, LossKind.Credentials },
        { 403, LossKind.Credentials },
        { 404, LossKind.Refused },
        { 408, LossKind.Network },
        { 418, LossKind.Throttled },
        { 425, LossKind.Network },
        { 426, LossKind.Refused },
        { 429, LossKind.Throttled },
        { 500, LossKind.Network },
        { 501, LossKind.Refused },
        { 502, LossKind.Network },
        { 503, LossKind.Throttled },
        { 504, LossKind.Network },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Each_status_is_of_its_kind(int status, LossKind kind)
    {
        RetryDecision decision = Policy().Decide(Refusal(status));
        Assert.Equal(kind, decision.Kind);
        Assert.Equal(kind is not (LossKind.Refused or LossKind.Credentials), decision.IsRetry);
    }

    [Fact]
    public void Every_close_code_from_0_to_5000_has_its_row()
    {
        for (int code = 0; code <= 5000; code++)
        {
            LossKind expected = code switch
            {
                1000 => LossKind.Closed,
                1001 or 1014 => LossKind.GoingAway,
                1002 or 1003 or 1007 or 1010 => LossKind.Protocol,
                1008 => LossKind.Policy,
                1009 => LossKind.TooBig,
                1012 => LossKind.Restarting,
                1013 => LossKind.Overloaded,
                _ => LossKind.Network,
            };
            RetryDecision decision = Policy().Decide(new LineEnd(code, "", null));
            Assert.Equal(expected, decision.Kind);
            Assert.Equal(code != 1009, decision.IsRetry);
        }
    }

    [Fact]
    public void No_code_that_must_not_stand_in_a_frame_is_taken_or_sent()
    {
        for (int code = 0; code <= 5000; code++)
        {
            bool legal = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014 or (>= 3000 and <= 4999);
            Assert.Equal(legal, CloseFrame.MayBeSent(code));
            byte[] payload = [(byte)(code >> 8), (byte)code];
            Assert.Equal(legal ? PerfConn.Framing.FrameFault.None : PerfConn.Framing.FrameFault.InvalidClose, CloseFrame.Check(payload));
        }
    }

    [Theory]
    [InlineData(1000, 0, 0.25)]
    [InlineData(1001, 0, 0.25)]
    [InlineData(1006, 0, 0.25)]
    [InlineData(1011, 0, 0.25)]
    [InlineData(1012, 5, 30)]
    [InlineData(1013, 30, 60)]
    [InlineData(1008, 30, 60)]
    [InlineData(4000, 0, 0.25)]
    public void The_first_delay_is_drawn_from_its_range_and_spread_over_it(int code, double least, double most)
    {
        var delays = new List<double>();
        for (int seed = 0; seed < 2000; seed++)
        {
            delays.Add(Policy(seed: seed).Decide(new LineEnd(code, "", null)).Delay.TotalSeconds);
        }

        double span = most - least;
        Assert.InRange(delays.Min(), least, least + (span * 0.02));
        Assert.InRange(delays.Max(), most - (span * 0.02), most);
        Assert.InRange(delays.Average(), least + (span * 0.45), least + (span * 0.55));
    }

    [Fact]
    public void What_the_venue_asks_for_is_waited_for_and_no_longer_than_the_options_allow()
    {
        var options = new ReconnectOptions { MaxRetryAfter = TimeSpan.FromHours(1) };
        Assert.Equal(TimeSpan.FromSeconds(90), Policy(options).Decide(Refusal(429, TimeSpan.FromSeconds(90))).Delay);
        Assert.Equal(TimeSpan.FromSeconds(90), Policy(options).Decide(Refusal(418, TimeSpan.FromSeconds(90))).Delay);
        Assert.Equal(TimeSpan.FromSeconds(90), Policy(options).Decide(Refusal(500, TimeSpan.FromSeconds(90))).Delay);
        Assert.Equal(TimeSpan.FromHours(1), Policy(options).Decide(Refusal(503, TimeSpan.MaxValue)).Delay);
    }

    [Fact]
    public void A_throttling_venue_that_names_no_time_is_left_alone_for_long() =>
        Assert.InRange(Policy().Decide(Refusal(429)).Delay, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));

    [Fact]
    public void A_hint_never_shortens_the_backoff()
    {
        RetryPolicy policy = Policy(new ReconnectOptions { FirstDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) }, seed: 3);
        RetryPolicy same = Policy(new ReconnectOptions { FirstDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) }, seed: 3);
        Assert.Equal(same.Decide(Refusal(500)).Delay, policy.Decide(Refusal(500, TimeSpan.FromMilliseconds(1))).Delay);
    }

    [Fact]
    public void Refused_credentials_are_retried_once_and_only_when_others_can_be_had()
    {
        Assert.False(Policy().Decide(Refusal(401)).IsRetry);
        RetryPolicy policy = Policy(canRefresh: true);
        Assert.True(policy.Decide(Refusal(401)).IsRetry);
        RetryDecision second = policy.Decide(Refusal(403));
        Assert.False(second.IsRetry);
        Assert.Contains("credentials", second.Stop, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1002)]
    [InlineData(1007)]
    [InlineData(1008)]
    public void A_violation_in_a_row_ends_the_line_and_another_loss_between_starts_the_count_over(int code)
    {
        RetryPolicy policy = Policy();
        var violation = new LineEnd(1006, "", new ProtocolViolationException(s_url, "bad", code));
        Assert.True(policy.Decide(violation).IsRetry);
        Assert.True(policy.Decide(violation).IsRetry);
        Assert.True(policy.Decide(new LineEnd(1006, "", new NetworkException(s_url, "cut"))).IsRetry);
        Assert.True(policy.Decide(violation).IsRetry);
        policy.OnSessionEnd(broughtData: true, TimeSpan.FromSeconds(30));
        Assert.True(policy.Decide(violation).IsRetry);
        Assert.False(policy.Decide(violation).IsRetry);
    }

    [Fact]
    public void A_certificate_that_does_not_hold_is_never_retried_fast()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            RetryDecision decision = Policy(seed: seed).Decide(new LineEnd(1006, "", new TlsException(s_url, "expired")));
            Assert.Equal(LossKind.Tls, decision.Kind);
            Assert.InRange(decision.Delay, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        }
    }

    [Theory]
    [InlineData(TlsFailureReason.ConnectionLost, false)]
    [InlineData(TlsFailureReason.Expired, true)]
    [InlineData(TlsFailureReason.PinMismatch, true)]
    [InlineData(TlsFailureReason.ProtocolVersion, true)]
    [InlineData(TlsFailureReason.Garbage, true)]
    [InlineData(TlsFailureReason.Other, true)]
    public void Only_a_connection_lost_during_the_TLS_handshake_is_retried_as_fast_as_any_other(TlsFailureReason reason, bool slow)
    {
        RetryDecision decision = Policy().Decide(new LineEnd(1006, "", new TlsException(s_url, reason, "refused")));

        Assert.Equal(slow ? LossKind.Tls : LossKind.Network, decision.Kind);
        Assert.Equal(slow, decision.Delay >= TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(ProxyFailureReason.CredentialsRequired, false)]
    [InlineData(ProxyFailureReason.CredentialsRefused, false)]
    [InlineData(ProxyFailureReason.NoAcceptableMethod, false)]
    [InlineData(ProxyFailureReason.NotAllowed, false)]
    [InlineData(ProxyFailureReason.Unreachable, true)]
    [InlineData(ProxyFailureReason.Status, true)]
    [InlineData(ProxyFailureReason.ConnectionRefused, true)]
    [InlineData(ProxyFailureReason.TimedOut, true)]
    public void A_proxy_that_refuses_is_not_asked_again_and_one_that_fails_is(ProxyFailureReason reason, bool retried)
    {
        Assert.Equal(retried, Policy().Decide(new LineEnd(1006, "", new ProxyException(s_url, s_url, reason, "failed"))).IsRetry);
    }

    [Fact]
    public void The_users_own_codes_and_the_users_own_word_count()
    {
        var options = new ReconnectOptions
        {
            FatalCloseCodes = FrozenSet.Create(4001),
            SlowCloseCodes = FrozenSet.Create(4002),
            ShouldRetry = end => end.CloseCode != 4003,
        };
        Assert.False(Policy(options).Decide(new LineEnd(4001, "", null)).IsRetry);
        Assert.Equal(LossKind.Policy, Policy(options).Decide(new LineEnd(4002, "", null)).Kind);
        Assert.False(Policy(options).Decide(new LineEnd(4003, "", null)).IsRetry);
        Assert.True(Policy(options).Decide(new LineEnd(4004, "", null)).IsRetry);
    }

    [Fact]
    public void Attempts_are_counted_until_data_proves_the_venue_alive()
    {
        RetryPolicy policy = Policy(new ReconnectOptions { MaxAttempts = 2 });
        var cut = new LineEnd(1006, "", null);
        Assert.True(policy.Decide(cut).IsRetry);
        policy.OnSessionEnd(broughtData: true, TimeSpan.FromSeconds(30));
        Assert.True(policy.Decide(cut).IsRetry);
        Assert.True(policy.Decide(cut).IsRetry);
        Assert.Equal("2 attempts have failed", policy.Decide(cut).Stop);
    }

    private static RetryPolicy Policy(ReconnectOptions? options = null, bool canRefresh = false, int seed = 1) =>
        new(options ?? new ReconnectOptions(), s_url, canRefresh, new Random(seed), new ManualTimeProvider());

    private static LineEnd Refusal(int? status, TimeSpan? retryAfter = null) =>
        new(1006, "", new HandshakeException(s_url, "refused", status, retryAfter));
}
