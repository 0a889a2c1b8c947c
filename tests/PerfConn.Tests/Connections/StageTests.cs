using System;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Stage times of a line, by a clock that only the handler moves: what is recorded is exactly what it took.</summary>
public sealed class StageTests
{
    private const long MicrosecondNs = 1000;

    private readonly ScriptedVenue _venue = new();
    private readonly ManualTimeProvider _time = new();

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    [Fact]
    public async Task A_lines_own_handler_is_timed_from_the_read_to_its_end()
    {
        var stages = new StageHistograms(sampleEvery: 1);
        await using Line line = await Line.ConnectAsync(Address, new Slow(_time), Options(stages));
        await TickAsync(line, 10);

        StageReport report = stages.Snapshot();
        Assert.Equal((10, 10, 10), (report.Parsed.Count, report.Dispatched.Count, report.Handled.Count));
        Assert.Equal((0, 0), (report.Parsed.Max, report.Dispatched.Max));
        Assert.Equal((7 * MicrosecondNs, 7 * MicrosecondNs), (report.Handled.Min, report.Handled.Max));
    }

    [Fact]
    public async Task A_subscriptions_handlers_are_timed_where_they_run()
    {
        var stages = new StageHistograms(sampleEvery: 1);
        await using Line line = await Line.ConnectAsync(Address, Options(stages));
        await using Subscription inline = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new Slow(_time)));
        await using Subscription behind = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new Slow(new ManualTimeProvider()), Delivery.Lane()));
        await TickAsync(line, 10);

        // The inline handler takes 7 us of each tick; what the lane's takes is on a clock of its own, and the wait for its turn is what it is.
        await Deadline.UntilAsync(() => stages.Snapshot().Handled.Count == 20, "the lane to run dry");
        StageReport report = stages.Snapshot();
        Assert.Equal((10, 20), (report.Parsed.Count, report.Dispatched.Count));
        Assert.Equal(0, report.Dispatched.Min);
        Assert.True(report.Handled.Max >= 7 * MicrosecondNs);
    }

    [Fact]
    public async Task Behind_a_lane_the_wait_in_it_counts()
    {
        var stages = new StageHistograms(sampleEvery: 1);
        var first = new Slow(_time, holds: true);
        await using Line line = await Line.ConnectAsync(Address, first, Delivery.Lane(), Options(stages));
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        await connection.TickAsync("BTCUSDT", 1);
        await Deadline.Within(first.Entered);
        await connection.TickAsync("BTCUSDT", 2);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 2, "the second tick in the lane");
        _time.Advance(TimeSpan.FromMilliseconds(3));
        first.Release();
        await Deadline.UntilAsync(() => stages.Snapshot().Handled.Count == 2, "both handled");

        StageReport report = stages.Snapshot();
        Assert.Equal((2, 0L), (report.Parsed.Count, report.Parsed.Max));
        Assert.Equal(0, report.Dispatched.Min);
        Assert.Equal((3000 + 7) * MicrosecondNs, report.Dispatched.Max);
        Assert.Equal((3000 + 14) * MicrosecondNs, report.Handled.Max);
    }

    [Fact]
    public async Task One_of_so_many_is_sampled_and_lines_share_a_set()
    {
        var stages = new StageHistograms(sampleEvery: 4);
        for (int lines = 0; lines < 2; lines++)
        {
            await using Line line = await Line.ConnectAsync(Address, new Slow(_time), Options(stages));
            await TickAsync(line, 10);
        }

        // The first, the fifth and the ninth of each.
        StageReport report = stages.Snapshot();
        Assert.Equal((6, 6), (report.Parsed.Count, report.Handled.Count));
        report.Add(stages.Snapshot());
        Assert.Equal(12, report.Dispatched.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StageHistograms(0));
    }

    [Fact]
    public async Task A_handler_that_throws_has_taken_its_time_too()
    {
        var stages = new StageHistograms(sampleEvery: 1);
        await using Line line = await Line.ConnectAsync(Address, new Slow(_time, throws: true), Options(stages));
        await TickAsync(line, 3);
        Assert.Equal((3, 3), (stages.Snapshot().Handled.Count, line.Statistics.HandlerFaults));
    }

    private LineOptions Options(StageHistograms stages) => new() { Transport = _venue.Factory, Stages = stages, TimeProvider = _time, Heartbeat = null, Reconnect = null };

    private async Task TickAsync(Line line, int count)
    {
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        for (int i = 1; i <= count; i++)
        {
            // One at a time: what shares a read shares its timestamp.
            await connection.TickAsync("BTCUSDT", i);
            await Deadline.UntilAsync(() => line.Statistics.Ticks == i, "the tick");
        }
    }

    /// <summary>Takes 7 us by the given clock.</summary>
    private sealed class Slow(ManualTimeProvider time, bool holds = false, bool throws = false) : ITickHandler
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public void Release() => _released.SetResult();

        public void OnTick(in Tick tick)
        {
            if (holds && _entered.TrySetResult())
            {
                Assert.True(_released.Task.Wait(TimeSpan.FromSeconds(20)));
            }

            time.Advance(TimeSpan.FromMicroseconds(7));
            if (throws)
            {
                throw new InvalidOperationException("on purpose");
            }
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
