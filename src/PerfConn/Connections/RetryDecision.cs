using System;

namespace PerfConn.Connections;

/// <summary>What follows a loss: the wait before the next attempt, or the reason why there is none.</summary>
internal readonly record struct RetryDecision(LossKind Kind, TimeSpan Delay, string? Stop)
{
    public bool IsRetry => Stop is null;
}
