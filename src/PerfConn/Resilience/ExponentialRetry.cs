using System;

namespace PerfConn.Resilience;

/// <summary>Below a bound that grows up to a cap; the jitter is a part of the bound, also of the cap.</summary>
internal sealed record ExponentialRetry(TimeSpan First, TimeSpan Cap, double Multiplier, double Jitter) : Retry
{
    internal override TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random)
    {
        // The power may overflow to infinity, which is above every cap; nothing times infinity is no number.
        double bound = First == TimeSpan.Zero ? 0 : Math.Min(Cap.Ticks, First.Ticks * Math.Pow(Multiplier, retry - 1));
        return TimeSpan.FromTicks((long)(bound * (1 - (Jitter * random.NextDouble()))));
    }
}
