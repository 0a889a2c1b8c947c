using System;
using PerfConn.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>What a <see cref="RetrySequence"/> answers to a failure.</summary>
/// <param name="Delay">The wait before the next attempt; meaningless when there is none.</param>
/// <param name="Stop">Why there is no next attempt; null when there is one.</param>
public readonly record struct RetryStep(TimeSpan Delay, string? Stop)
{
    /// <summary>Whether another attempt follows.</summary>
    public bool IsRetry => Stop is null;

    /// <summary>Whether a bound was reached, rather than the strategy having had enough.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>What a custom strategy did wrong; <see cref="Delay"/> is then a delay that does no harm. Null when it did nothing wrong.</summary>
    public RetryStrategyException? Fault { get; init; }
}
