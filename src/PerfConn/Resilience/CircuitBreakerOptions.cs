using System;
using PerfConn.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>When a <see cref="CircuitBreaker"/> opens, and for how long.</summary>
public sealed record CircuitBreakerOptions
{
    /// <summary>Failures in a row that open it, 1 to 1,000. Default: 5.</summary>
    public int FailureThreshold { get; init; } = 5;

    /// <summary>
    /// A failure opens it too when the row of failures began this long ago: few attempts at long intervals never make a long row. At least 1 ms. Default: null, never.
    /// </summary>
    public TimeSpan? NoSuccessFor { get; init; }

    /// <summary>How long it stays open before a probe may try; 1 ms to 1 day. Default: 60 s.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(60);

    internal void Check(OptionsCheck check) => check
        .Between(FailureThreshold, 1, 1000)
        .AtLeast(NoSuccessFor ?? TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), nameof(NoSuccessFor))
        .Between(Recovery, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
}
