using System;
using System.IO.Pipelines;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Tests.Diagnostics;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A line is closed in bounded time, whatever the code of its user does meanwhile.</summary>
public sealed class LineClosingTests : IDisposable
{
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly PoisoningPool _pool = new();
    private readonly ScriptedVenue _venue;
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LineClosingTests() => _venue = new ScriptedVenue(
        new PipeOptions(_pool, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        TimeProvider = _time,
        CloseTimeout = s_closeTimeout,
        Heartbeat = null,
        Logger = _log,
    };

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task A_handler_that_does_not_return_holds_its_line_and_nobody_who_closes_it()
    {
        var handler = new RecordingHandler(_symbols) { Before = Block };
        Line line = await Line.ConnectAsync(Address, handler, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var other = new RecordingHandler(_symbols);
        await using Line neighbour = await Line.ConnectAsync(Address, other, Options);
        ScriptedVenue.Connection beside = await _venue.NextConnectionAsync();
        Task sending = Task.Run(() => venue.TickAsync("BTCUSDT", 1));
        await Deadline.Within(_entered.Task);

        int timers = _time.Waiting;
        Task closing = line.DisposeAsync().AsTask();
        Task again = line.DisposeAsync().AsTask();
        await Deadline.UntilAsync(() => _time.Waiting > timers, "the peer's time to answer");
        _time.Advance(s_closeTimeout);
        await Deadline.UntilAsync(() => _time.Waiting > timers, "the handler's time to return");
        _time.Advance(s_patience - TimeSpan.FromMilliseconds(1));
        Assert.False(closing.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Deadline.Within(Task.WhenAll(closing, again));

        Assert.Single(_log.Messages, static message => message.Contains("its receive loop has not come back 00:00:03", StringComparison.Ordinal));
        Assert.Equal(LineState.Draining, line.State);
        Assert.False(line.Completion.IsCompleted);
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(line.SubscribeAsync(["btcusdt@trade"])));
        await beside.TickAsync("ETHUSDT", 1);
        await Deadline.UntilAsync(() => other.Events.Length == 1, "the neighbour's tick");

        // The handler reads its tick only now: its block has not been given back.
        Assert.Empty(handler.Events);
        _release.Set();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(1006, end.CloseCode);
        Assert.Equal(LineState.Closed, line.State);
        Assert.StartsWith("BTCUSDT {\"e\":\"trade\"", Assert.Single(handler.Events), StringComparison.Ordinal);
        await Deadline.Within(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Deadline.Within(venue.Serving);
    }

    [Fact]
    public async Task A_line_without_a_close_timeout_still_waits_for_what_ends_by_itself()
    {
        var handler = new RecordingHandler(_symbols) { Before = Block };
        Line line = await Line.ConnectAsync(Address, handler, Options with { CloseTimeout = TimeSpan.Zero });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task sending = Task.Run(() => venue.TickAsync("BTCUSDT", 1));
        await Deadline.Within(_entered.Task);
        int timers = _time.Waiting;
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.UntilAsync(() => _time.Waiting > timers, "the handler's time to return");
        Assert.False(closing.IsCompleted);
        _release.Set();
        await Deadline.Within(closing);
        Assert.Equal(LineState.Closed, line.State);
        Assert.DoesNotContain(_log.Messages, static message => message.Contains("has not come back", StringComparison.Ordinal));
        await Deadline.Within(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task A_listener_that_does_not_return_holds_nobody_who_closes_the_line()
    {
        LineOptions options = Options with
        {
            OnEvent = what =>
            {
                if (what is LineLost)
                {
                    Block();
                }
            },
        };
        Line line = await Line.ConnectAsync(Address, options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task cutting = Task.Run(venue.Cut);
        await Deadline.Within(_entered.Task);
        await PassUntilAsync(line.DisposeAsync().AsTask());
        Assert.False(line.Completion.IsCompleted);
        _release.Set();
        await Deadline.Within(line.Completion);
        await Deadline.Within(cutting);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest, LaneWaitKind.Async, true)]
    [InlineData(LanePolicy.Wait, LaneWaitKind.Thread, true)]
    [InlineData(LanePolicy.Conflate, LaneWaitKind.Async, true)]
    [InlineData(LanePolicy.DropNewest, LaneWaitKind.Thread, false)]
    [InlineData(LanePolicy.Conflate, LaneWaitKind.Thread, false)]
    public async Task A_handler_behind_a_lane_that_does_not_return_holds_nobody_who_closes_the_line(LanePolicy policy, LaneWaitKind kind, bool subscribed)
    {
        var handler = new RecordingHandler(_symbols) { Before = Block };
        LaneWait wait = kind == LaneWaitKind.Thread ? LaneWait.Thread : LaneWait.Async;
        Delivery delivery = policy == LanePolicy.Conflate ? Delivery.Conflate(wait) : Delivery.Lane(8, policy, wait);
        Line line = subscribed ? await Line.ConnectAsync(Address, Options) : await Line.ConnectAsync(Address, handler, delivery, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Subscription? subscription = subscribed ? await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handler, delivery)) : null;
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.Within(_entered.Task);
        await venue.TickAsync("BTCUSDT", 2);
        Task closing = line.DisposeAsync().AsTask();

        // The line itself has nothing to wait for.
        Assert.Equal(1000, (await Deadline.Within(line.Completion)).CloseCode);
        await PassUntilAsync(closing);
        Assert.Single(_log.Messages, static message => message.Contains("has taken nothing for 00:00:03; 1 ticks wait for it", StringComparison.Ordinal));
        if (subscription is not null)
        {
            await PassUntilAsync(subscription.DisposeAsync().AsTask());
        }

        // What is in the lane is still delivered, as soon as the handler takes it.
        Assert.Empty(handler.Events);
        _release.Set();
        await Deadline.UntilAsync(() => handler.Events.Length == 2, "what is in the lane");
        if (subscription is not null)
        {
            await Deadline.Within(subscription.DisposeAsync().AsTask());
        }
    }

    [Fact]
    public async Task A_lane_is_waited_for_as_long_as_its_handler_takes_anything()
    {
        using var steps = new SemaphoreSlim(0);
        var handler = new RecordingHandler(_symbols) { Before = steps.Wait };
        Line line = await Line.ConnectAsync(Address, handler, Delivery.Lane(8), Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        for (int i = 1; i <= 5; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }

        await Deadline.UntilAsync(() => line.Statistics.Lane.Delivered == 1, "the first tick at the handler");
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.Within(line.Completion);
        for (int taken = 2; taken <= 5; taken++)
        {
            // In all longer than the patience, which is that for each tick.
            steps.Release();
            await Deadline.UntilAsync(() => line.Statistics.Lane.Delivered == taken, "the next tick at the handler");
            _time.Advance(s_closeTimeout);
            Assert.False(closing.IsCompleted);
        }

        steps.Release();
        await Deadline.Within(closing);
        Assert.Equal(5, handler.Events.Length);
        Assert.DoesNotContain(_log.Messages, static message => message.Contains("has taken nothing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_handler_may_close_its_own_line(bool lane, bool blocks)
    {
        Line? line = null;
        Task? closing = null;
        var handler = new RecordingHandler(_symbols)
        {
            Before = () =>
            {
                Task mine = line!.DisposeAsync().AsTask();
                closing ??= mine;
                if (blocks)
                {
                    Assert.True(((IAsyncResult)mine).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
                }
            },
        };
        line = await Line.ConnectAsync(Address, handler, lane ? Delivery.Lane() : Delivery.Inline, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task sending = Task.Run(() => venue.TickAsync("BTCUSDT", 1));
        await PassUntilAsync(() => handler.Events.Length == 1);
        await PassUntilAsync(closing!);
        await Deadline.Within(line.Completion);
        Assert.Equal(LineState.Closed, line.State);
        Assert.Equal(blocks ? 1 : 0, _log.Messages.Count(message => message.Contains(lane ? "has taken nothing" : "has not come back", StringComparison.Ordinal)));
        await Deadline.Within(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task A_handler_behind_a_lane_may_end_its_own_subscription()
    {
        Subscription? subscription = null;
        Task? ending = null;
        var handler = new RecordingHandler(_symbols)
        {
            Before = () =>
            {
                ending = subscription!.DisposeAsync().AsTask();
                Assert.True(((IAsyncResult)ending).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
            },
        };
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handler, Delivery.Lane()));
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Volatile.Read(ref ending) is not null, "the handler");
        await PassUntilAsync(ending!);
        await Deadline.UntilAsync(() => handler.Events.Length == 1, "the handler to go on");
        Assert.Equal(LineState.Live, line.State);
        Assert.Single(_log.Messages, static message => message.Contains("has taken nothing", StringComparison.Ordinal));
    }

    /// <summary>What a handler does that does not return before it is released.</summary>
    private void Block()
    {
        _entered.TrySetResult();
        _release.Wait();
    }

    private Task PassUntilAsync(Task task) => PassUntilAsync(() => task.IsCompleted);

    private Task PassUntilAsync(Func<bool> condition) => Deadline.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        "the end, as time passes");
}
