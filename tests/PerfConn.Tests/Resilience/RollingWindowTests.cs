using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public sealed class RollingWindowTests
{
    /// <summary>Whatever the pattern of demand, no stretch of the window's length holds more events than the limit.</summary>
    [Fact]
    public void No_window_anywhere_holds_more_than_the_limit()
    {
        Prop.ForAll(
            Gen.Choose(1, 8).ToArbitrary(),
            Gen.Choose(1, 50).ToArbitrary(),
            Gen.Choose(0, 20).ArrayOf(200).ToArbitrary(),
            (limit, length, pauses) =>
            {
                var window = new RollingWindow(limit, length);
                var times = new List<long>();
                long now = 0;
                foreach (int pause in pauses)
                {
                    now += pause;
                    now += window.DelayUntilFree(now);
                    Assert.Equal(0, window.DelayUntilFree(now));
                    window.Record(now);
                    times.Add(now);
                }

                for (int i = limit; i < times.Count; i++)
                {
                    Assert.True(times[i] - times[i - limit] >= length, $"{limit + 1} events within {times[i] - times[i - limit]} of {length}");
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_reserve_keeps_places_free_for_what_cannot_wait()
    {
        var window = new RollingWindow(5, 1000);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(0, window.DelayUntilFree(i, reserve: 1));
            window.Record(i);
        }

        Assert.Equal(996, window.DelayUntilFree(4, reserve: 1));
        Assert.Equal(0, window.DelayUntilFree(4));
    }

    [Fact]
    public void An_event_beyond_the_limit_pushes_later_ones_back()
    {
        var window = new RollingWindow(2, 100);
        window.Record(0);
        window.Record(1);
        window.Record(50);
        Assert.Equal(1, window.DelayUntilFree(100));
        Assert.Equal(0, window.DelayUntilFree(101));
    }

    [Fact]
    public void The_delay_is_exact()
    {
        var window = new RollingWindow(1, 100);
        window.Record(10);
        Assert.Equal(100, window.DelayUntilFree(10));
        Assert.Equal(1, window.DelayUntilFree(109));
        Assert.Equal(0, window.DelayUntilFree(110));
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingWindow(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingWindow(1, 0));
    }
}
