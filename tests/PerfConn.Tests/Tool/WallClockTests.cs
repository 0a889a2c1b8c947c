using System;
using PerfConn.Tool.Running;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>Receive timestamps as wall time.</summary>
public sealed class WallClockTests
{
    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(10_000_000)]
    [InlineData(3_579_545)]
    public void A_timestamp_is_the_wall_time_at_which_it_was_taken(long frequency)
    {
        var time = new TwoClocks(frequency);
        var clock = new WallClock(time);

        time.Advance(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));

        Assert.InRange(clock.ToUnixNanoseconds(time.GetTimestamp()) - time.UnixNanoseconds, -1000, 1000);
    }

    /// <summary>Wall time is steered, the monotonic clock is not: only a fresh anchor follows.</summary>
    [Fact]
    public void A_refreshed_anchor_follows_a_wall_clock_that_was_set()
    {
        var time = new TwoClocks(1_000_000_000);
        var clock = new WallClock(time);

        time.Advance(TimeSpan.FromSeconds(1), wall: TimeSpan.FromSeconds(3));
        long before = clock.ToUnixNanoseconds(time.GetTimestamp()) - time.UnixNanoseconds;
        clock.Refresh();
        long after = clock.ToUnixNanoseconds(time.GetTimestamp()) - time.UnixNanoseconds;

        Assert.Equal((-2_000_000_000, 0), (before, after));
    }

    /// <summary>A wall clock and a monotonic one that go their own ways.</summary>
    private sealed class TwoClocks(long frequency) : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);
        private TimeSpan _monotonic = TimeSpan.FromHours(5);

        public override long TimestampFrequency => frequency;

        public long UnixNanoseconds => (_now - DateTimeOffset.UnixEpoch).Ticks * 100;

        public override long GetTimestamp() => (long)((Int128)_monotonic.Ticks * frequency / TimeSpan.TicksPerSecond);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan monotonic, TimeSpan wall)
        {
            _monotonic += monotonic;
            _now += wall;
        }
    }
}
