using System;

namespace PerfConn.Resilience;

/// <summary>The user's own strategy.</summary>
internal sealed record CustomRetry(Func<int, Exception, TimeSpan, TimeSpan?> Strategy) : Retry
{
    internal override bool IsCustom => true;

    internal override TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random) => Strategy(retry, error, elapsed);
}
