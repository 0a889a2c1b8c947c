using System;

namespace PerfConn.Resilience;

/// <summary>The same delay every time.</summary>
internal sealed record FixedRetry(TimeSpan Delay) : Retry
{
    internal override TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random) => Delay;
}
