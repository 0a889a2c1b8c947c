using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>What each policy keeps when the handler stands still, step by step.</summary>
public sealed class LanePolicyTests : IDisposable
{
    private static readonly TickChannel s_channel = new(1);

    private readonly SymbolMap _symbols = new();
    private readonly FaultObserver _faults = new(NullLogger.Instance, TimeProvider.System);
    private readonly SemaphoreSlim _gate = new(0);
    private readonly SemaphoreSlim _entered = new(0);
    private readonly RecordingHandler _handler;
    private readonly SymbolId _a;
    private readonly SymbolId _b;
    private readonly SymbolId _c;

    public LanePolicyTests()
    {
        _a = _symbols.GetOrAdd("A");
        _b = _symbols.GetOrAdd("B");
        _c = _symbols.GetOrAdd("C");
        _handler = new RecordingHandler(_symbols)
        {
            Before = () =>
            {
                _entered.Release();
                Assert.True(_gate.Wait(TimeSpan.FromSeconds(20)));
            },
        };
    }

    public void Dispose()
    {
        _gate.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task DropNewest_keeps_what_waits_and_tells_of_the_hole_where_it_is()
    {
        await using Lane lane = await StartHeldAsync(Delivery.Lane(3, LanePolicy.DropNewest));
        Send(lane, "A1", "B1", "A2", "A3", "B2", "A4");
        Assert.Equal(new LaneStatistics(7, 1, 3, 0), lane.Statistics);
        _gate.Release(100);
        await UntilRestsAsync(lane);
        Send(lane, "A5", "B3");
        await lane.DisposeAsync();

        // The holes are behind A2 and B1, which waited, and before A5 and B3.
        Assert.Equal(["C first", "A A1", "B B1", "A A2", "gap A SlowConsumer 2", "A A5", "gap B SlowConsumer 1", "B B3"], _handler.Events);
        Assert.Equal(new LaneStatistics(9, 6, 3, 0), lane.Statistics);
    }

    [Fact]
    public async Task DropOldest_tells_of_the_hole_behind_what_was_taken_before_it()
    {
        // 64 places: the reader takes 4 at once.
        await using Lane lane = Lane.Start(_handler, Delivery.Lane(64), _faults);
        Send(lane, "C0");
        Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(20)));
        for (int i = 1; i <= 4; i++)
        {
            Send(lane, $"A{i}");
        }

        _gate.Release();
        Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(20)));

        // A1 to A4 have been taken, A1 is being handled. 66 more: two of them, A5 and A6, are dropped, and must not be told before A2.
        for (int i = 5; i <= 70; i++)
        {
            Send(lane, $"A{i}");
        }

        Assert.Equal(2, lane.Statistics.Dropped);
        _gate.Release(100);
        await lane.DisposeAsync();
        Assert.Equal(["C C0", "A A1", "A A2", "A A3", "A A4", "gap A SlowConsumer 2", "A A7", "A A8"], _handler.Events.Take(8));
    }

    [Fact]
    public async Task Conflate_delivers_the_newest_never_the_first_and_everyone_in_turn()
    {
        await using Lane lane = await StartHeldAsync(Delivery.Conflate());
        Send(lane, "A1", "A2", "B1", "A3", "C1", "A4", "B2", "A5");
        _gate.Release(100);
        await lane.DisposeAsync();
        Assert.Equal(["C first", "A A5", "B B2", "C C1"], _handler.Events);
        Assert.Equal(new LaneStatistics(9, 4, 0, 5), lane.Statistics);
    }

    [Fact]
    public async Task A_busy_symbol_does_not_starve_a_quiet_one()
    {
        await using Lane lane = await StartHeldAsync(Delivery.Conflate());
        Send(lane, "A1", "B1");
        for (int i = 2; i < 8; i++)
        {
            // Each time that A has been taken it is due again at once, and yet behind B.
            _gate.Release();
            Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(20)));
            Send(lane, $"A{i}", $"B{i}");
        }

        _gate.Release(100);
        await lane.DisposeAsync();
        string[] order = [.. _handler.Events.Skip(1).Select(e => e[..1])];
        Assert.Equal(string.Concat(Enumerable.Repeat("AB", order.Length / 2)), string.Concat(order));
        Assert.Equal("B B7", _handler.Events[^1]);
    }

    [Fact]
    public async Task A_conflated_tick_says_for_how_many_it_stands()
    {
        var counts = new System.Collections.Generic.List<int>();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var handler = new ConflatedCounts(counts, entered, release);
        await using Lane lane = Lane.Start(handler, Delivery.Conflate(), _faults);
        Send(lane, "A1");
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        Send(lane, "A2", "A3", "A4", "B1");
        release.Set();
        await lane.DisposeAsync();
        Assert.Equal([0, 2, 0], counts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Gap_markers_of_a_conflated_stream_come_before_its_next_tick(int markers)
    {
        await using Lane lane = await StartHeldAsync(Delivery.Conflate());
        Send(lane, "A1", "B1");
        for (int i = 0; i < markers; i++)
        {
            lane.OnGap(new Gap(_a, s_channel, GapCause.Reconnected, 40 + i, 50 + i, 6));
        }

        Send(lane, "A2", "B2");
        _gate.Release(100);
        await UntilRestsAsync(lane);
        Send(lane, "A3");
        await lane.DisposeAsync();
        string marker = markers == 1 ? "gap A Reconnected 6" : "gap A Reconnected -1";
        Assert.Equal(["C first", marker, "A A2", "B B2", "A A3"], _handler.Events);
    }

    [Fact]
    public async Task Many_streams_come_one_by_one_while_others_wait()
    {
        await using Lane lane = await StartHeldAsync(Delivery.Conflate());
        for (int i = 0; i < 1000; i++)
        {
            SymbolId symbol = _symbols.GetOrAdd($"S{i}");
            lane.OnTick(new Tick(symbol, s_channel, "old"u8, 1));
            lane.OnTick(new Tick(symbol, s_channel, "new"u8, 2));
            if (i % 100 == 0)
            {
                _gate.Release(30);
            }
        }

        _gate.Release(3000);
        await lane.DisposeAsync();
        string[] last = [.. Enumerable.Range(0, 1000).Select(i => _handler.Events.Last(e => e.StartsWith($"S{i} ", StringComparison.Ordinal)))];
        Assert.All(last, e => Assert.EndsWith(" new", e, StringComparison.Ordinal));
        Assert.Equal(0, lane.Statistics.Waiting);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.DropNewest)]
    public async Task A_gap_marker_that_found_no_room_is_told_before_the_next_tick(LanePolicy policy)
    {
        await using Lane lane = await StartHeldAsync(Delivery.Lane(2, policy));
        Send(lane, "A1", "B1");
        lane.OnGap(new Gap(_a, s_channel, GapCause.Reconnected, 1, 2, -1));
        Send(lane, "B2", "B3");
        _gate.Release(100);
        await UntilRestsAsync(lane);
        Send(lane, "A2");
        await lane.DisposeAsync();
        Assert.Equal("gap A Reconnected -1", _handler.Events[^2]);
        Assert.Equal("A A2", _handler.Events[^1]);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.DropNewest)]
    [InlineData(LanePolicy.Wait)]
    [InlineData(LanePolicy.Conflate)]
    public async Task A_handler_that_throws_costs_its_tick_only(LanePolicy policy)
    {
        int calls = 0;
        _handler.Before = () =>
        {
            if (++calls == 2)
            {
                throw new InvalidOperationException("a bug in the engine");
            }
        };
        await using Lane lane = Lane.Start(_handler, Delivery.Lane(64, policy), _faults);
        foreach (string tick in (ReadOnlySpan<string>)["A1", "B1", "C1"])
        {
            Send(lane, tick);
        }

        await lane.DisposeAsync();
        Assert.Equal(["A A1", "C C1"], _handler.Events);
        Assert.Equal(1, _faults.Count);
        Assert.Equal(new LaneStatistics(3, 3, 0, 0), lane.Statistics);
    }

    [Fact]
    public void A_delivery_says_what_it_is()
    {
        Assert.False(Delivery.Inline.IsLane);
        Assert.False(default(Delivery).IsLane);
        Delivery lane = Delivery.Lane();
        Assert.True(lane.IsLane);
        Assert.Equal((16384, LanePolicy.DropOldest, LaneWait.Async, 168), (lane.LaneCapacity, lane.Policy, lane.Wait, lane.CopyLimit));
        Assert.Equal(Delivery.Conflate(), Delivery.Lane(5, LanePolicy.Conflate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Delivery.Lane(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Delivery.Lane(1, (LanePolicy)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => lane with { CopyLimit = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => lane with { CopyLimit = Delivery.MaxCopyLimit + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => lane with { WaitLimit = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentException>(() => new TickLane<RecordingHandler>(_handler, Delivery.Inline));
    }

    /// <summary>A lane whose handler stands in its first tick, one of C.</summary>
    private async Task<Lane> StartHeldAsync(Delivery delivery)
    {
        Lane lane = Lane.Start(_handler, in delivery, _faults);
        lane.OnTick(new Tick(_c, s_channel, "first"u8, 1));
        Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(20)));
        return lane;
    }

    private static Task UntilRestsAsync(Lane lane) => Deadline.UntilAsync(() => lane.Statistics.Waiting == 0, "the lane to run dry");

    private void Send(Lane lane, params ReadOnlySpan<string> ticks)
    {
        foreach (string text in ticks)
        {
            SymbolId symbol = text[0] switch { 'A' => _a, 'B' => _b, _ => _c };
            lane.OnTick(new Tick(symbol, s_channel, Encoding.ASCII.GetBytes(text), 1));
        }
    }

    private sealed class ConflatedCounts(System.Collections.Generic.List<int> counts, ManualResetEventSlim entered, ManualResetEventSlim release) : ITickHandler
    {
        public void OnTick(in Tick tick)
        {
            counts.Add(tick.Conflated);
            entered.Set();
            Assert.True(release.Wait(TimeSpan.FromSeconds(20)));
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
