using System;
using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <summary>What follows a loss: the wait before the next attempt, or the reason why there is none.</summary>
internal readonly record struct RetryDecision(LossKind Kind, TimeSpan Delay, string? Stop)
{
    public bool IsRetry => Stop is null;

    /// <summary>How the line has ended when there is no next attempt: the loss, or that the attempts are used up.</summary>
    public LineEnd? End { get; init; }

    /// <summary>What the user's own strategy did wrong, if anything.</summary>
    public RetryStrategyException? Fault { get; init; }
}
