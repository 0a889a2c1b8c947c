using System;
using System.Linq;
using PerfConn.Connections;
using Xunit;

namespace PerfConn.Tests.Connections;

public class ControlRateTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void A_seconds_worth_may_come_at_once_and_one_more_may_not(int rate)
    {
        var control = new ControlRate(rate, Second);
        for (int i = 0; i < rate; i++)
        {
            Assert.True(control.TryTake(5), $"frame {i}");
        }

        Assert.False(control.TryTake(5));
        Assert.False(control.TryTake(5 + (Second / rate) - 1));
        Assert.True(control.TryTake(5 + (Second / rate)));
    }

    [Fact]
    public void At_the_rate_it_goes_on_for_ever()
    {
        var control = new ControlRate(1000, Second);
        Assert.All(Enumerable.Range(0, 1_000_000), i => Assert.True(control.TryTake(i * (Second / 1000))));
    }

    [Fact]
    public void A_little_above_the_rate_it_ends_soon()
    {
        var control = new ControlRate(1000, Second);
        long now = 0;
        int count = 0;
        for (; control.TryTake(now); now += Second / 1100)
        {
            count++;
        }

        // 100 a second more than runs out: a thousand are too many after ten seconds.
        Assert.InRange(count, 10_900, 11_100);
    }

    [Fact]
    public void Without_a_rate_everything_passes()
    {
        var control = new ControlRate(null, Second);
        Assert.All(Enumerable.Range(0, 1_000_000), _ => Assert.True(control.TryTake(0)));
        Assert.True(default(ControlRate).TryTake(1));
    }
}
