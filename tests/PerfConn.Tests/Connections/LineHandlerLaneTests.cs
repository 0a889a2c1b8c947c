using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A lane in front of the one handler of a line.</summary>
public sealed class LineHandlerLaneTests
{
    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new() { Transport = _venue.Factory, Symbols = _symbols, Reconnect = null };

    [Fact]
    public async Task A_slow_handler_holds_nobody_back_and_is_told_what_it_missed()
    {
        var handler = new RecordingHandler(_symbols);
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        handler.Before = () =>
        {
            entered.TrySetResult();
            release.Wait(TimeSpan.FromSeconds(20));
        };
        await using Line line = await Line.ConnectAsync(Address, handler, Delivery.Lane(2), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.Within(entered.Task);
        for (int i = 2; i <= 10; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }

        await Deadline.UntilAsync(() => line.Statistics.Ticks == 10, "the receive loop to go on");
        Assert.Empty(handler.Events);
        Assert.Equal(7, line.Statistics.Dropped);
        release.Set();

        await Deadline.UntilAsync(() => handler.Events.Length == 4, "the lane to run dry");
        Assert.Equal("gap BTCUSDT SlowConsumer 7", handler.Events[1]);
    }

    [Fact]
    public async Task Disposing_the_line_lets_the_lane_run_dry()
    {
        var handler = new RecordingHandler(_symbols) { Before = static () => Thread.SpinWait(20_000) };
        Line line = await Line.ConnectAsync(Address, handler, Delivery.Lane(), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        for (int i = 1; i <= 200; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }

        await Deadline.UntilAsync(() => line.Statistics.Ticks == 200, "the ticks");
        await Deadline.Within(line.DisposeAsync().AsTask());
        Assert.Equal(200, handler.Events.Length);
        Assert.Equal(0, line.Statistics.Dropped);
    }

    [Fact]
    public async Task Inline_delivery_is_the_handler_itself()
    {
        var handler = new RecordingHandler(_symbols);
        await using Line line = await Line.ConnectAsync(Address, handler, Delivery.Inline, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => handler.Events.Length == 1, "the tick");
    }

    [Fact]
    public async Task Exceptions_behind_the_lane_are_counted_on_the_line()
    {
        var handler = new RecordingHandler(_symbols) { Before = static () => throw new InvalidOperationException("a bug in the engine") };
        await using Line line = await Line.ConnectAsync(Address, handler, Delivery.Lane(), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.HandlerFaults == 1, "the fault");
    }

    [Fact]
    public async Task A_lane_of_ones_own_goes_in_front_of_any_handler()
    {
        var behind = new RecordingHandler(_symbols);
        var lane = new TickLane<RecordingHandler>(behind, capacity: 8);
        Line line = await Line.ConnectAsync(Address, new Front(lane), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 1, "the tick");
        await Deadline.Within(line.DisposeAsync().AsTask());
        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Single(behind.Events);
        Assert.Equal(0, lane.Dropped);
    }

    private readonly struct Front(TickLane<RecordingHandler> lane) : ITickHandler
    {
        public void OnTick(in Tick tick) => lane.OnTick(in tick);

        public void OnGap(in Gap gap) => lane.OnGap(in gap);
    }
}
