using System;

namespace PerfConn.Resilience;

/// <summary>
/// A retry strategy: how long to wait after a failure, and when to stop. Immutable; bounds are set with <c>with</c>:
/// <c>Retry.Exponential(first, cap) with { MaxRetries = 5 }</c>.
/// </summary>
/// <remarks>
/// Thread-safe and without state: what a retrying owner has behind it is in its <see cref="RetrySequence"/>. Jitter stays on at the cap, so that a crowd that
/// lost its server together never comes back together (AWS architecture blog, "Exponential backoff and jitter").
/// </remarks>
public abstract record Retry
{
    /// <summary>The longest delay there is. What a strategy asks for beyond it is cut to it.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(30);

    private protected Retry()
    {
    }

    /// <summary>Stops at the first failure.</summary>
    public static Retry None { get; } = new NoRetry();

    /// <summary>Retries in a row, at most; the first try is none of them. Default: null, for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? MaxRetries
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxRetries must be at least 0.");
    }

    /// <summary>Whether the first retry of a row comes at once. Default: false, after its delay.</summary>
    public bool IsFirstImmediate { get; init; }

    /// <summary>What each retry is paid from; may be shared. Default: null, retries cost nothing.</summary>
    public RetryBudget? Budget { get; init; }

    /// <summary>Whether the strategy is the user's code, which sees the error and decides alone.</summary>
    internal virtual bool IsCustom => false;

    /// <summary>The same delay every time.</summary>
    /// <param name="delay">The delay, 0 to <see cref="LongestDelay"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is out of range.</exception>
    public static Retry Fixed(TimeSpan delay) => new FixedRetry(Checked(delay, nameof(delay)));

    /// <summary>Delays below a bound that grows from retry to retry: the n-th is drawn from the upper part of min(cap, first * multiplier^n).</summary>
    /// <param name="first">The first bound, 0 to <paramref name="cap"/>.</param>
    /// <param name="cap">The last bound, at most <see cref="LongestDelay"/>.</param>
    /// <param name="multiplier">How the bound grows, at least 1. Default: 2.</param>
    /// <param name="jitter">
    /// Which part of the bound is random, 0 to 1: 1 draws between 0 and the bound ("full jitter"), 0.1 between 90 and 100 % of it, 0 always takes the bound itself.
    /// Little jitter does not spread a crowd. Default: 1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static Retry Exponential(TimeSpan first, TimeSpan cap, double multiplier = 2, double jitter = 1)
    {
        Checked(cap, nameof(cap));
        ArgumentOutOfRangeException.ThrowIfLessThan(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, cap);
        if (!(multiplier >= 1 && double.IsFinite(multiplier)))
        {
            throw new ArgumentOutOfRangeException(nameof(multiplier), multiplier, "The multiplier must be at least 1.");
        }

        return jitter is >= 0 and <= 1
            ? new ExponentialRetry(first, cap, multiplier, jitter)
            : throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "The jitter must be from 0 to 1.");
    }

    /// <summary>Each delay is uniform between <paramref name="first"/> and three times the last one, at most <paramref name="cap"/> ("decorrelated jitter").</summary>
    /// <param name="first">The least delay, 0 to <paramref name="cap"/>.</param>
    /// <param name="cap">The longest, at most <see cref="LongestDelay"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static Retry Decorrelated(TimeSpan first, TimeSpan cap)
    {
        Checked(cap, nameof(cap));
        ArgumentOutOfRangeException.ThrowIfLessThan(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, cap);
        return new DecorrelatedRetry(first, cap);
    }

    /// <summary>The user's own: given which failure in a row it is (from 1), the error and the time since the row's first failure, the delay; or null to stop.</summary>
    /// <param name="strategy">
    /// The strategy. The error is typed: switch on it, or on its class. It is called on the owner's task and must not block. What it throws, and a negative delay, is told as a
    /// <see cref="Diagnostics.RetryStrategyException"/>; whoever retries says what follows.
    /// </param>
    public static Retry Custom(Func<int, Exception, TimeSpan, TimeSpan?> strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return new CustomRetry(strategy);
    }

    /// <summary>The delay, or null to stop.</summary>
    /// <param name="retry">The retry's number in its row, from 1.</param>
    /// <param name="last">The delay before, zero at first.</param>
    /// <param name="error">The failure.</param>
    /// <param name="elapsed">Since the row's first failure.</param>
    /// <param name="random">Where jitter comes from.</param>
    internal abstract TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random);

    private static TimeSpan Checked(TimeSpan delay, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestDelay, name);
        return delay;
    }
}
