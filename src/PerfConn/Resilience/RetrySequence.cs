using System;
using PerfConn.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>
/// A row of failures under one <see cref="Retry"/> strategy: failure in, delay or stop out. <see cref="Reset"/> it on proof (real data, a completed request), not on a mere
/// connect.
/// </summary>
/// <remarks>Not thread-safe: one retrying owner has one. Time and randomness are given to it; it waits for nothing and starts nothing.</remarks>
public sealed class RetrySequence
{
    /// <summary>What is used in place of a custom strategy that fails.</summary>
    private static readonly ExponentialRetry s_harmless = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30), 2, 1);

    private readonly Retry _strategy;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private TimeSpan _last;
    private long _start;

    /// <summary>Makes a sequence without failures.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="random">Where jitter comes from.</param>
    /// <param name="time">Where time comes from.</param>
    public RetrySequence(Retry strategy, Random random, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(time);
        _strategy = strategy;
        _random = random;
        _time = time;
    }

    /// <summary>Failures since the last reset that were answered with a delay.</summary>
    public int Retries { get; private set; }

    /// <summary>Since the first failure after the last reset.</summary>
    public TimeSpan Elapsed => Retries == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_start);

    /// <summary>Takes a failure.</summary>
    /// <param name="error">The failure; typed, so that a custom strategy can switch on it.</param>
    public RetryStep Next(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (Retries == 0)
        {
            _start = _time.GetTimestamp();
        }

        if (_strategy.MaxRetries is { } most && Retries >= most)
        {
            return new RetryStep(default, $"{most} retries are allowed") { IsExhausted = most > 0 };
        }

        RetryStep step = Ask(error);
        if (!step.IsRetry)
        {
            return step;
        }

        if (_strategy.Budget?.TryWithdraw() == false)
        {
            return new RetryStep(default, "the retry budget is used up") { IsExhausted = true };
        }

        Retries++;
        _last = step.Delay;
        return Retries == 1 && _strategy.IsFirstImmediate ? step with { Delay = TimeSpan.Zero } : step;
    }

    /// <summary>There is proof that it works again: the row is over, and the budget gets something back.</summary>
    public void Reset()
    {
        Retries = 0;
        _last = TimeSpan.Zero;
        _strategy.Budget?.Deposit();
    }

    private RetryStep Ask(Exception error)
    {
        try
        {
            return _strategy.DelayFor(Retries + 1, _last, error, Elapsed, _random) switch
            {
                null => new RetryStep(default, "the strategy says so"),
                { Ticks: < 0 } negative => Faulty(error, new RetryStrategyException($"the retry strategy asked for a delay of {negative}")),
                { } delay => new RetryStep(delay < Retry.LongestDelay ? delay : Retry.LongestDelay, null),
            };
        }
        catch (Exception e) when (_strategy.IsCustom)
        {
            // The user's code; whatever it throws, its owner has to go on.
            return Faulty(error, new RetryStrategyException("the retry strategy threw: " + e.Message, e));
        }
    }

    private RetryStep Faulty(Exception error, RetryStrategyException fault) =>
        new(s_harmless.DelayFor(Retries + 1, _last, error, Elapsed, _random)!.Value, null) { Fault = fault };
}
