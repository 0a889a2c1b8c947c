using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
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

    [Fact]
    public async Task A_lane_that_waits_holds_the_line_back_and_loses_nothing()
    {
        var handler = new RecordingHandler(_symbols);
        using var release = new ManualResetEventSlim();
        handler.Before = () => release.Wait(TimeSpan.FromSeconds(20));
        await using Line line = await Line.ConnectAsync(Address, handler, Delivery.Lane(2, LanePolicy.Wait), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task sending = SendAsync(venue, 10);

        // One in the handler, two in the lane, and the fourth in the hands of the receive loop.
        await Deadline.UntilAsync(() => line.Statistics.Lane.Sent == 4, "the lane to be full");
        Assert.Equal(4, line.Statistics.Ticks);
        release.Set();
        await Deadline.Within(sending);
        await Deadline.UntilAsync(() => handler.Events.Length == 10, "all of them");
        Assert.Equal(new LaneStatistics(10, 10, 0, 0), line.Statistics.Lane);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_that_waits_for_its_lane_can_be_closed(bool subscribed)
    {
        var handler = new RecordingHandler(_symbols);
        using var release = new ManualResetEventSlim();
        handler.Before = () => release.Wait(TimeSpan.FromSeconds(20));
        Delivery delivery = Delivery.Lane(2, LanePolicy.Wait) with { WaitLimit = TimeSpan.FromHours(1) };
        Line line = subscribed ? await Line.ConnectAsync(Address, Options) : await Line.ConnectAsync(Address, handler, delivery, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Subscription? subscription = subscribed ? await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handler, delivery)) : null;
        Task sending = SendAsync(venue, 10);
        await Deadline.UntilAsync(() => (subscription?.Statistics ?? line.Statistics.Lane).Sent == 4, "the receive loop to wait");
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.Within(line.Completion);
        release.Set();
        await Deadline.Within(closing);
        await Deadline.Within(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (subscription is not null)
        {
            await Deadline.Within(subscription.DisposeAsync().AsTask());
        }

        LaneStatistics statistics = subscription?.Statistics ?? line.Statistics.Lane;
        Assert.Equal((3, 0), (statistics.Delivered, statistics.Waiting));
        Assert.Equal(3, handler.Events.Length);
    }

    [Fact]
    public async Task A_subscription_chooses_its_own_lane()
    {
        var newest = new RecordingHandler(_symbols);
        var all = new RecordingHandler(_symbols);
        using var release = new ManualResetEventSlim();
        newest.Before = () => release.Wait(TimeSpan.FromSeconds(20));
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription conflated = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], newest, Delivery.Conflate(LaneWait.Thread)));
        await using Subscription whole = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], all, Delivery.Lane(100, LanePolicy.DropNewest)));
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => conflated.Statistics.Delivered == 1, "the first");
        for (int i = 2; i <= 20; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }

        // The slow one holds nobody back.
        await Deadline.UntilAsync(() => all.Events.Length == 20, "all of them");
        release.Set();
        await Deadline.UntilAsync(() => newest.Events.Length == 2, "the newest");
        Assert.Equal(all.Events[^1], newest.Events[^1]);
        Assert.Equal(new LaneStatistics(20, 2, 0, 18), conflated.Statistics);
        Assert.Equal(new LaneStatistics(20, 20, 0, 0), whole.Statistics);
        Assert.Equal(0, whole.Dropped);
    }

    /// <summary>On a task of its own: what a receive loop waits for, the peer waits for that it reads from in memory.</summary>
    private static Task SendAsync(ScriptedVenue.Connection venue, int count) => Task.Run(async () =>
    {
        for (int i = 1; i <= count; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }
    });

    private readonly struct Front(TickLane<RecordingHandler> lane) : ITickHandler
    {
        public void OnTick(in Tick tick) => lane.OnTick(in tick);

        public void OnGap(in Gap gap) => lane.OnGap(in gap);
    }
}
