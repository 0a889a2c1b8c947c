using System;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Transport;

public sealed class IdleStrategyTests
{
    [Fact]
    public void Each_strategy_is_what_its_name_says()
    {
        Assert.Equal((0, null, "busy"), Of(default));
        Assert.Equal((IdleStrategy.DefaultYieldAfter, null, "yield after 1000 polls"), Of(IdleStrategy.Yield()));
        Assert.Equal((0, TimeSpan.FromMilliseconds(2), "park after 2000 us"), Of(IdleStrategy.Park(TimeSpan.FromMilliseconds(2))));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IdleStrategy.Yield(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => IdleStrategy.Park(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => IdleStrategy.Park(TimeSpan.FromHours(1.1)));
    }

    private static (int YieldAfter, TimeSpan? ParkAfter, string Text) Of(IdleStrategy strategy) => (strategy.YieldAfter, strategy.ParkAfter, strategy.ToString());
}
