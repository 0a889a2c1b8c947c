using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public sealed class BackoffTests
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_cap = TimeSpan.FromSeconds(30);

    [Fact]
    public void Delays_stay_below_the_doubling_bound_and_the_cap()
    {
        var backoff = new Backoff(s_first, s_cap, new Random(7));
        for (int n = 0; n < 200; n++)
        {
            double bound = Math.Min(s_cap.TotalMilliseconds, s_first.TotalMilliseconds * Math.Pow(2, Math.Min(n, 30)));
            Assert.InRange(backoff.Next().TotalMilliseconds, 0, bound);
        }
    }

    /// <summary>A crowd at the cap comes back spread over the whole of it: no tenth of the time gets twice its share.</summary>
    [Fact]
    public void The_jitter_stays_on_at_the_cap()
    {
        var delays = new List<double>();
        var random = new Random(11);
        for (int client = 0; client < 10_000; client++)
        {
            var backoff = new Backoff(s_first, s_cap, random);
            for (int n = 0; n < 10; n++)
            {
                backoff.Next();
            }

            delays.Add(backoff.Next().TotalSeconds);
        }

        foreach (IGrouping<int, double> tenth in delays.GroupBy(d => (int)(d / 3.0)))
        {
            Assert.InRange(tenth.Count(), 800, 1200);
        }
    }

    [Fact]
    public void A_reset_starts_over()
    {
        var backoff = new Backoff(s_first, s_cap, new Random(3));
        for (int n = 0; n < 10; n++)
        {
            backoff.Next();
        }

        Assert.Equal(10, backoff.Attempts);
        backoff.Reset();
        Assert.Equal(0, backoff.Attempts);
        Assert.InRange(backoff.Next(), TimeSpan.Zero, s_first);
    }
}
