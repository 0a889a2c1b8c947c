using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections.Parallel;

/// <summary>How several connections are made at once.</summary>
public sealed record ParallelConnectOptions
{
    /// <summary>Attempts under way at the same time, 1 to 100,000. An endpoint that waits for its next attempt takes no place. Default: 4.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>
    /// What follows a failed attempt. A fatal one (<see cref="RetryClass.Fatal"/>) is not repeated, unless the strategy is <see cref="Retry.Custom"/>, which decides alone; one that throws
    /// fails its endpoint with a <see cref="RetryStrategyException"/>. Default: 5 s later, 5 times: 6 attempts.
    /// </summary>
    public Retry Retry { get; init; } = Resilience.Retry.Fixed(TimeSpan.FromSeconds(5)) with { MaxRetries = 5 };

    /// <summary>How long one attempt may take; for lines it is their <see cref="LineOptions.ConnectTimeout"/>. Default: 10 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a server's <c>Retry-After</c> may ask for; an endpoint that asks for more has failed. Default: 60 s.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Connections that are enough, 1 to all. Once there are so many the rest is abandoned and closed. Default: null: every endpoint is tried to its end, and one connection is enough
    /// not to have failed.
    /// </summary>
    public int? Required { get; init; }

    /// <summary>Whether the endpoints that failed are tried once more, one by one, when the parallel attempts brought too few connections, or none. Default: false.</summary>
    public bool FallsBackToOneByOne { get; init; }

    /// <summary>The venue's bound on new connections, shared with others; each attempt waits for its place, which is no part of its timeout. Default: null, none.</summary>
    public ConnectRate? ConnectRate { get; init; }

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of the retry jitter. Default: null, an unpredictable one; tests set it to replay.</summary>
    public int? JitterSeed { get; init; }

    internal void Check(OptionsCheck check, int endpoints) => check
        .Between(MaxConcurrency, 1, 100_000)
        .NotNull(Retry)
        .Between(AttemptTimeout, TimeSpan.FromMilliseconds(1), Resilience.Retry.LongestDelay)
        .Between(MaxRetryAfter, TimeSpan.Zero, Resilience.Retry.LongestDelay)
        .That(Required is null || (Required >= 1 && Required <= endpoints), $"Required must be from 1 to the number of endpoints ({endpoints}), it is {Required}")
        .NotNull(TimeProvider);
}
