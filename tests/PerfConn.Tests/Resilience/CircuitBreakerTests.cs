using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    private static readonly Uri s_url = new("wss://venue.test/ws");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void It_opens_after_failures_in_a_row_and_recovers_through_one_probe()
    {
        var breaker = new CircuitBreaker(time: _time);
        for (int n = 0; n < 4; n++)
        {
            Fail(breaker);
        }

        Succeed(breaker);
        for (int n = 0; n < 5; n++)
        {
            Assert.Equal(CircuitState.Closed, breaker.State);
            Fail(breaker);
        }

        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.Equal(5, breaker.ConsecutiveFailures);
        _time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.Equal(TimeSpan.FromMilliseconds(1), breaker.RetryIn);
        Assert.False(breaker.TryEnter(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, breaker.RetryIn);

        Assert.True(breaker.TryEnter(out CircuitPermit probe));
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        Assert.False(breaker.TryEnter(out _));
        breaker.OnFailure(probe);
        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.False(breaker.TryEnter(out _));

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(breaker.TryEnter(out probe));
        breaker.OnSuccess(probe);
        Assert.Equal(CircuitState.Closed, breaker.State);
        Assert.Equal(0, breaker.ConsecutiveFailures);
        Assert.True(breaker.TryEnter(out _));
    }

    [Fact]
    public void A_row_of_failures_that_lasts_too_long_opens_it_too()
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { NoSuccessFor = TimeSpan.FromSeconds(60) }, _time);
        Fail(breaker);
        _time.Advance(TimeSpan.FromSeconds(59));
        Fail(breaker);
        Assert.Equal(CircuitState.Closed, breaker.State);
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(breaker);
        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.Equal(3, breaker.ConsecutiveFailures);
    }

    [Fact]
    public void A_report_from_before_the_circuit_moved_on_says_nothing()
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 1 }, _time);
        breaker.TryEnter(out CircuitPermit early);
        Fail(breaker);
        breaker.OnSuccess(early);
        Assert.Equal(CircuitState.Open, breaker.State);
        _time.Advance(TimeSpan.FromSeconds(60));
        breaker.TryEnter(out CircuitPermit probe);
        breaker.OnSuccess(early);
        breaker.OnFailure(early);
        breaker.OnNothing(early);
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        breaker.OnSuccess(probe);
        breaker.OnFailure(probe);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void A_probe_that_came_to_nothing_leaves_its_place_to_the_next_at_once_and_a_lost_one_after_the_recovery_time()
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 1 }, _time);
        Fail(breaker);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(breaker.TryEnter(out CircuitPermit probe));
        breaker.OnNothing(probe);
        Assert.True(breaker.TryEnter(out CircuitPermit lost));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(breaker.TryEnter(out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter(out CircuitPermit third));
        breaker.OnSuccess(lost);
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        breaker.OnSuccess(third);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    public static TheoryData<Exception?, CircuitState> Outcomes() => new()
    {
        { null, CircuitState.Closed },
        { new OperationCanceledException(), CircuitState.Closed },
        { new TaskCanceledException(), CircuitState.Closed },
        { new InvalidOptionsException(), CircuitState.Closed },
        { new FramingException(), CircuitState.Closed },
        { new EndpointsUnavailableException(), CircuitState.Closed },
        { new HandshakeException(s_url, "", 400), CircuitState.Closed },
        { HandshakeException.OfStatus(s_url, "", 401, null, null), CircuitState.Closed },
        { new HandshakeException(s_url, "", 404), CircuitState.Closed },
        { new HandshakeException(s_url, "", 429), CircuitState.Closed },
        { new ProxyException(s_url, s_url, ProxyFailureReason.NotAllowed, "no"), CircuitState.Closed },
        { new HandshakeException(s_url, "", 408), CircuitState.Open },
        { new HandshakeException(s_url, "", 500), CircuitState.Open },
        { new HandshakeException(s_url, "", 503), CircuitState.Open },
        { new HandshakeException(s_url, "garbage"), CircuitState.Open },
        { new ConnectTimeoutException(), CircuitState.Open },
        { new TimeoutException(), CircuitState.Open },
        { new NetworkException(), CircuitState.Open },
        { new TlsException(), CircuitState.Open },
        { new ProxyException(s_url, s_url, ProxyFailureReason.TimedOut, "late"), CircuitState.Open },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Only_what_speaks_against_the_endpoint_counts(Exception? error, CircuitState expected)
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 1 }, _time);
        breaker.TryEnter(out CircuitPermit permit);
        breaker.Report(permit, error);
        Assert.Equal(expected, breaker.State);
    }

    [Fact]
    public void Nonsense_is_refused_all_at_once()
    {
        InvalidOptionsException e = Assert.Throws<InvalidOptionsException>(
            () => new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 0, Recovery = TimeSpan.Zero, NoSuccessFor = TimeSpan.Zero }));
        Assert.Equal(["FailureThreshold", "NoSuccessFor", "Recovery"], e.Errors.Select(error => error.Split(' ')[0]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 3 }, _time);
        AllocationBudget.AssertZero(() =>
        {
            Succeed(breaker);
            Fail(breaker);
            Succeed(breaker);
        });
    }

    /// <summary>RELIABILITY D44: 100,000 scripts against a model that is written down plainly; steps of the wall clock change nothing.</summary>
    [Fact]
    public void It_does_what_the_model_does()
    {
        Prop.ForAll(
            Gen.Choose(1, 4).ToArbitrary(),
            Gen.Choose(0, 3).ToArbitrary(),
            Gen.Choose(0, 999).ArrayOf(40).ToArbitrary(),
            (threshold, lasting, script) => RunScript(threshold, lasting * 70, script)).Check(Config.QuickThrowOnFailure.WithMaxTest(100_000));
    }

    /// <summary>However many ask at the moment when it may recover, one is let through; and again after it has failed.</summary>
    [Fact]
    public void Exactly_one_of_many_threads_is_the_probe()
    {
        const int threads = 4;
        const int rounds = 2000;
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { FailureThreshold = 1 }, _time);
        Fail(breaker);
        int[] probes = new int[rounds];
        using var barrier = new Barrier(threads);
        var group = new ThreadGroup();
        for (int thread = 0; thread < threads; thread++)
        {
            bool leads = thread == 0;
            group.Add(() =>
            {
                for (int round = 0; round < rounds; round++)
                {
                    if (leads)
                    {
                        _time.Advance(TimeSpan.FromSeconds(60));
                    }

                    barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                    bool entered = breaker.TryEnter(out CircuitPermit permit);
                    barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                    if (entered)
                    {
                        Interlocked.Increment(ref probes[round]);
                        breaker.OnFailure(permit);
                    }

                    barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                }
            });
        }

        group.Run();
        Assert.All(probes, count => Assert.Equal(1, count));
    }

    private static void Fail(CircuitBreaker breaker)
    {
        Assert.True(breaker.TryEnter(out CircuitPermit permit));
        breaker.OnFailure(permit);
    }

    private static void Succeed(CircuitBreaker breaker)
    {
        Assert.True(breaker.TryEnter(out CircuitPermit permit));
        breaker.OnSuccess(permit);
    }

    private static void RunScript(int threshold, int lasting, int[] script)
    {
        var time = new ManualTimeProvider();
        var options = new CircuitBreakerOptions
        {
            FailureThreshold = threshold,
            Recovery = TimeSpan.FromMilliseconds(100),
            NoSuccessFor = lasting == 0 ? null : TimeSpan.FromMilliseconds(lasting),
        };
        var breaker = new CircuitBreaker(options, time);
        var model = new CircuitModel(threshold, lasting == 0 ? long.MaxValue : lasting, recovery: 100);
        var permits = new List<(CircuitPermit Permit, CircuitModel.Pass Pass)>();
        foreach (int step in script)
        {
            int argument = step / 8;
            switch (step % 8)
            {
                case 0 or 1 or 2:
                    CircuitModel.Pass? pass = model.Enter();
                    Assert.Equal(pass is not null, breaker.TryEnter(out CircuitPermit permit));
                    if (pass is not null)
                    {
                        permits.Add((permit, pass));
                    }

                    break;
                case 3 when permits.Count > 0:
                    breaker.OnSuccess(permits[argument % permits.Count].Permit);
                    model.Succeed(permits[argument % permits.Count].Pass);
                    permits.RemoveAt(argument % permits.Count);
                    break;
                case 4 or 5 when permits.Count > 0:
                    breaker.OnFailure(permits[argument % permits.Count].Permit);
                    model.Fail(permits[argument % permits.Count].Pass);
                    permits.RemoveAt(argument % permits.Count);
                    break;
                case 6 when permits.Count > 0 && argument % 2 == 0:
                    breaker.OnNothing(permits[argument % permits.Count].Permit);
                    model.Nothing(permits[argument % permits.Count].Pass);
                    permits.RemoveAt(argument % permits.Count);
                    break;
                case 7:
                    time.Advance(TimeSpan.FromMilliseconds(argument));
                    model.Now += argument;
                    break;
                default:
                    time.StepWallClock(TimeSpan.FromMinutes((argument % 3 - 1) * 60));
                    break;
            }

            Assert.Equal(model.State, breaker.State);
            Assert.Equal(model.Failures, breaker.ConsecutiveFailures);
            Assert.Equal(model.RetryIn, (long)breaker.RetryIn.TotalMilliseconds);
        }
    }
}
