using System;

namespace PerfConn.Resilience;

/// <summary>
/// Between the first delay and three times the last one. The cap bounds what is drawn from, not what was drawn: to cut the draw would give a good part of a crowd
/// the same delay, the cap.
/// </summary>
internal sealed record DecorrelatedRetry(TimeSpan First, TimeSpan Cap) : Retry
{
    internal override TimeSpan? DelayFor(int retry, TimeSpan last, Exception error, TimeSpan elapsed, Random random)
    {
        double most = Math.Min(Cap.Ticks, 3.0 * Math.Max(last.Ticks, First.Ticks));
        return TimeSpan.FromTicks((long)(First.Ticks + (random.NextDouble() * (most - First.Ticks))));
    }
}
