using System;
using System.Linq;
using PerfConn.Subscriptions;
using Xunit;

namespace PerfConn.Tests.Subscriptions;

public sealed class StreamWatchTests
{
    private readonly StreamWatch _watch = new(DataExpectation.Within(TimeSpan.FromSeconds(10)));

    [Fact]
    public void Each_step_of_the_repair_has_as_long_to_help_as_the_stream_may_be_silent()
    {
        Look(0, null, StaleStep.None);
        Look(9.9, 2, StaleStep.None);
        Look(12, 2, StaleStep.Resubscribe);
        Look(21.9, 2, StaleStep.None);
        Assert.Equal(StaleStep.Resubscribe, _watch.Step);
        Look(22, 2, StaleStep.Reconnect);
        Look(32, 2, StaleStep.OtherEndpoint);
        Look(42, 2, StaleStep.Reconnect);
        Look(52, 2, StaleStep.OtherEndpoint);
    }

    [Fact]
    public void A_tick_ends_the_repair_and_the_next_one_begins_anew()
    {
        Look(0, null, StaleStep.None);
        Look(10, null, StaleStep.Resubscribe);
        Look(11, 10.5, StaleStep.None);
        Assert.Equal(StaleStep.None, _watch.Step);
        Look(20.5, 10.5, StaleStep.Resubscribe);
    }

    [Fact]
    public void What_is_not_confirmed_is_not_expected_and_the_wait_begins_with_the_confirmation()
    {
        Look(0, null, StaleStep.None);
        Look(10, null, StaleStep.Resubscribe);
        _watch.OnUnconfirmed();
        Look(100, null, StaleStep.None);
        Look(109.9, null, StaleStep.None);
        Look(110, null, StaleStep.Reconnect);
    }

    [Fact]
    public void Silence_of_this_side_does_not_count()
    {
        Look(0, 0, StaleStep.None);
        Assert.Equal(StaleStep.None, _watch.Look(Seconds(60), Seconds(0), isExcused: true));
        Look(69.9, 0, StaleStep.None);
        Look(70, 0, StaleStep.Resubscribe);
    }

    [Fact]
    public void A_learnt_limit_follows_the_longest_silence_between_floor_and_ceiling()
    {
        var watch = new StreamWatch(DataExpectation.Learned(TimeSpan.FromMinutes(1), factor: 4, floor: TimeSpan.FromSeconds(2), learnFor: TimeSpan.FromMinutes(5)));
        double tick = 0;
        foreach (double now in Enumerable.Range(0, 600).Select(i => i * 0.5))
        {
            // One tick in three seconds.
            tick = now - (now % 3);
            Assert.Equal(StaleStep.None, watch.Look(Seconds(now), Seconds(tick), isExcused: false));
            Assert.Equal(TimeSpan.FromMinutes(1), watch.Limit(Seconds(now)));
        }

        Assert.Equal(TimeSpan.FromSeconds(10), watch.Limit(Seconds(300)));
        Assert.Equal(StaleStep.None, watch.Look(Seconds(tick + 9.9), Seconds(tick), isExcused: false));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DataExpectation.Within(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataExpectation.Learned(TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataExpectation.Learned(TimeSpan.FromMinutes(1), factor: 0.5));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Look(double now, double? lastTick, StaleStep expected) =>
        Assert.Equal(expected, _watch.Look(Seconds(now), lastTick is { } tick ? Seconds(tick) : null, isExcused: false));
}
