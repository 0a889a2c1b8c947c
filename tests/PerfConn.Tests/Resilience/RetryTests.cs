using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public sealed class RetryTests
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_cap = TimeSpan.FromSeconds(30);
    private static readonly NetworkException s_error = new("cut");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Exponential_delays_stay_below_the_growing_bound_and_the_cap()
    {
        Prop.ForAll(
            Gen.Choose(0, 5000).ToArbitrary(),
            Gen.Choose(0, 60_000).ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (first, more, seed) =>
            {
                double multiplier = 1 + (seed % 30 / 10.0);
                double jitter = seed % 11 / 10.0;
                double cap = first + more;
                RetrySequence sequence = Sequence(Retry.Exponential(TimeSpan.FromMilliseconds(first), TimeSpan.FromMilliseconds(cap), multiplier, jitter), seed);
                for (int n = 0; n < 2000; n++)
                {
                    double bound = Math.Min(cap, first * Math.Pow(multiplier, n) is var b && double.IsNaN(b) ? 0 : b);
                    Assert.InRange(sequence.Next(s_error).Delay.TotalMilliseconds, (bound * (1 - jitter)) - 0.001, bound + 0.001);
                }
            }).QuickCheckThrowOnFailure();
    }

    /// <summary>A crowd at the cap comes back spread over the whole of it: no tenth of the time gets twice its share.</summary>
    [Fact]
    public void The_jitter_stays_on_at_the_cap()
    {
        foreach (Retry strategy in (Retry[])[Retry.Exponential(s_first, s_cap), Retry.Decorrelated(s_first, s_cap)])
        {
            var random = new Random(11);
            var delays = new List<double>();
            for (int client = 0; client < 10_000; client++)
            {
                var sequence = new RetrySequence(strategy, random, _time);
                for (int n = 0; n < 30; n++)
                {
                    sequence.Next(s_error);
                }

                delays.Add(sequence.Next(s_error).Delay.TotalSeconds);
            }

            // Decorrelated delays are more often short than long, but no two of a crowd agree on the cap.
            int most = delays.GroupBy(d => (int)(d / 3.0)).Max(tenth => tenth.Count());
            Assert.InRange(most, 800, strategy is ExponentialRetry ? 1200 : 4000);
            Assert.InRange(delays.Max(), 29, 30);
            Assert.InRange(delays.Distinct().Count(), 9_990, 10_000);
        }
    }

    [Fact]
    public void Decorrelated_delays_lie_between_the_first_and_three_times_the_last()
    {
        RetrySequence sequence = Sequence(Retry.Decorrelated(s_first, s_cap));
        double last = s_first.TotalSeconds;
        bool grew = false;
        for (int n = 0; n < 1000; n++)
        {
            double delay = sequence.Next(s_error).Delay.TotalSeconds;
            Assert.InRange(delay, s_first.TotalSeconds, Math.Min(30, 3 * last));
            grew |= delay > 10;
            last = delay;
        }

        Assert.True(grew);
    }

    [Fact]
    public void A_fixed_delay_is_fixed_and_none_is_none()
    {
        RetrySequence sequence = Sequence(Retry.Fixed(TimeSpan.FromSeconds(5)));
        Assert.Equal(Enumerable.Repeat(5.0, 100), Enumerable.Range(0, 100).Select(_ => sequence.Next(s_error).Delay.TotalSeconds));
        Assert.False(Sequence(Retry.None).Next(s_error).IsRetry);
    }

    [Fact]
    public void A_custom_strategy_sees_attempt_error_and_time_and_can_stop()
    {
        var seen = new List<(int, Exception, TimeSpan)>();
        RetrySequence sequence = Sequence(Retry.Custom((attempt, error, elapsed) =>
        {
            seen.Add((attempt, error, elapsed));
            return attempt < 3 ? TimeSpan.FromSeconds(attempt) : null;
        }));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), sequence.Next(s_error).Delay);
        _time.Advance(TimeSpan.FromSeconds(7));
        var other = new TlsException("other");
        Assert.Equal(TimeSpan.FromSeconds(2), sequence.Next(other).Delay);
        _time.Advance(TimeSpan.FromSeconds(7));
        _time.StepWallClock(TimeSpan.FromHours(-1));
        RetryStep stop = sequence.Next(s_error);
        Assert.False(stop.IsRetry);
        Assert.False(stop.IsExhausted);
        Assert.Equal([(1, s_error, TimeSpan.Zero), (2, other, TimeSpan.FromSeconds(7)), (3, s_error, TimeSpan.FromSeconds(14))], seen);
    }

    [Fact]
    public void A_custom_strategy_that_fails_is_told_and_replaced_by_a_harmless_delay()
    {
        RetryStep thrown = Sequence(Retry.Custom((_, _, _) => throw new InvalidOperationException("a bug"))).Next(s_error);
        Assert.True(thrown.IsRetry);
        Assert.InRange(thrown.Delay, TimeSpan.Zero, s_first);
        Assert.IsType<InvalidOperationException>(thrown.Fault!.InnerException);

        RetryStep negative = Sequence(Retry.Custom((_, _, _) => TimeSpan.FromTicks(-1))).Next(s_error);
        Assert.NotNull(negative.Fault);
        Assert.True(negative.IsRetry);

        Assert.Equal(Retry.LongestDelay, Sequence(Retry.Custom((_, _, _) => TimeSpan.MaxValue)).Next(s_error).Delay);
    }

    [Fact]
    public void Bounds_hold_for_every_strategy()
    {
        RetrySequence sequence = Sequence(Retry.Fixed(TimeSpan.FromSeconds(5)) with { MaxRetries = 2, IsFirstImmediate = true });
        Assert.Equal(TimeSpan.Zero, sequence.Next(s_error).Delay);
        Assert.Equal(TimeSpan.FromSeconds(5), sequence.Next(s_error).Delay);
        RetryStep stop = sequence.Next(s_error);
        Assert.True(stop.IsExhausted);
        Assert.Equal("2 retries are allowed", stop.Stop);
        Assert.Equal(2, sequence.Retries);

        sequence.Reset();
        Assert.Equal(0, sequence.Retries);
        Assert.Equal(TimeSpan.Zero, sequence.Next(s_error).Delay);
    }

    /// <summary>RELIABILITY D46: with everything failing no more is asked for than the capacity; with some success, a fifth of it more.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(50)]
    public void A_budget_bounds_the_retries_of_all_that_share_it(int percentOfSuccess)
    {
        var budget = new RetryBudget();
        Retry strategy = Retry.Fixed(TimeSpan.Zero) with { Budget = budget, MaxRetries = 3 };
        var random = new Random(5);
        int retries = 0;
        int successes = 0;
        const int calls = 100_000;
        for (int call = 0; call < calls; call++)
        {
            RetrySequence sequence = Sequence(strategy);
            while (true)
            {
                if (random.Next(100) < percentOfSuccess)
                {
                    successes++;
                    sequence.Reset();
                    break;
                }

                if (!sequence.Next(s_error).IsRetry)
                {
                    break;
                }

                retries++;
            }
        }

        Assert.InRange(retries, Math.Min(10, successes / 10), 10 + (successes / 5));
        Assert.InRange(budget.Tokens, 0, 10);
    }

    [Fact]
    public void A_budget_is_exact_under_contention()
    {
        var budget = new RetryBudget(1000, 0.5);
        int taken = 0;
        var threads = new ThreadGroup();
        for (int thread = 0; thread < 4; thread++)
        {
            threads.Add(() =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    if (budget.TryWithdraw())
                    {
                        System.Threading.Interlocked.Increment(ref taken);
                    }

                    if (i % 100 == 0)
                    {
                        budget.Deposit();
                    }
                }
            });
        }

        threads.Run();
        Assert.True(taken <= 1000 + (4 * 200 * 0.5), $"{taken} taken");
        Assert.True(taken + budget.Tokens >= 1000, $"{taken} taken, {budget.Tokens} left");
    }

    [Fact]
    public void Nonsense_is_refused_by_name()
    {
        Assert.Equal("delay", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Fixed(TimeSpan.FromTicks(-1))).ParamName);
        Assert.Equal("first", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Exponential(s_cap, s_first)).ParamName);
        Assert.Equal("cap", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Exponential(s_first, TimeSpan.MaxValue)).ParamName);
        Assert.Equal("multiplier", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Exponential(s_first, s_cap, double.NaN)).ParamName);
        Assert.Equal("jitter", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Exponential(s_first, s_cap, jitter: 1.1)).ParamName);
        Assert.Equal("first", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.Decorrelated(TimeSpan.FromTicks(-1), s_first)).ParamName);
        Assert.Equal("strategy", Assert.Throws<ArgumentNullException>(() => Retry.Custom(null!)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => Retry.None with { MaxRetries = -1 }).ParamName);
        Assert.Equal("perProof", Assert.Throws<ArgumentOutOfRangeException>(() => new RetryBudget(1, 1.5)).ParamName);
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new RetryBudget(0)).ParamName);
    }

    private RetrySequence Sequence(Retry strategy, int seed = 7) => new(strategy, new Random(seed), _time);
}
