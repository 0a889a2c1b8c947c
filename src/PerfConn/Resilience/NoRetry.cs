using System;

namespace PerfConn.Resilience;

/// <summary>Stops at once.</summary>
internal sealed record NoRetry : Retry
{
    internal override TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random) => null;
}
