using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using Xunit;

namespace PerfConn.Tests.Dispatch;

public sealed class LaneTests
{
    private static readonly TickChannel s_channel = new(1);

    private readonly SymbolMap _symbols = new();
    private readonly FaultObserver _faults = new(NullLogger.Instance, TimeProvider.System);

    [Fact]
    public async Task Ticks_arrive_on_another_thread_whole_and_in_order()
    {
        SymbolId symbol = _symbols.GetOrAdd("A");
        var handler = new RecordingHandler(_symbols);
        await using Lane lane = Start(handler, Delivery.Lane(1024));
        byte[] reused = new byte[8];
        for (int i = 0; i < 500; i++)
        {
            // The same memory again and again, as a receive block is: what arrives must be what stood there at the time.
            Encoding.ASCII.GetBytes($"{i:D8}", reused);
            lane.OnTick(new Tick(symbol, s_channel, reused, i));
        }

        await Deadline.UntilAsync(() => handler.Events.Length == 500, "all ticks");
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal($"A {i:D8}", handler.Events[i]);
        }
    }

    [Fact]
    public async Task A_slow_consumer_loses_the_oldest_and_is_told_before_the_symbols_next_tick()
    {
        SymbolId a = _symbols.GetOrAdd("A");
        SymbolId b = _symbols.GetOrAdd("B");
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var handler = new RecordingHandler(_symbols)
        {
            Before = () =>
            {
                entered.Set();
                gate.Wait(Deadline.Token);
            },
        };
        await using Lane lane = Start(handler, Delivery.Lane(4));
        lane.OnTick(Text(a, "first"));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));

        // The reader holds "first"; four places are free; two ticks too many push out the two oldest, which are A's.
        foreach ((SymbolId symbol, string text) in (ReadOnlySpan<(SymbolId, string)>)[(a, "a1"), (a, "a2"), (b, "b1"), (b, "b2"), (a, "a3"), (b, "b3")])
        {
            lane.OnTick(Text(symbol, text));
        }

        gate.Set();
        await Deadline.UntilAsync(() => handler.Events.Length == 6, "what was left");
        Assert.Equal(["A first", "B b1", "B b2", "gap A SlowConsumer 2", "A a3", "B b3"], handler.Events);
        Assert.Equal(2, lane.Statistics.Dropped);
    }

    [Fact]
    public async Task Every_tick_is_delivered_or_counted_as_dropped()
    {
        const int Sent = 200_000;
        var symbols = new List<SymbolId>();
        for (int i = 0; i < 50; i++)
        {
            symbols.Add(_symbols.GetOrAdd($"S{i}"));
        }

        var handler = new CountingHandler();
        await using (Lane lane = Start(handler, Delivery.Lane(64)))
        {
            for (int i = 0; i < Sent; i++)
            {
                lane.OnTick(Text(symbols[i % symbols.Count], "x"));
            }

            await lane.DisposeAsync();
            Assert.Equal(Sent, handler.Ticks + lane.Statistics.Dropped);

            // A drop whose symbol never ticked again has no marker to stand before; all others are announced exactly.
            Assert.InRange(handler.Lost, lane.Statistics.Dropped - Sent, lane.Statistics.Dropped);
        }
    }

    [Fact]
    public async Task Gap_markers_keep_their_place_among_ticks()
    {
        SymbolId a = _symbols.GetOrAdd("A");
        var handler = new RecordingHandler(_symbols);
        await using Lane lane = Start(handler, Delivery.Lane(16));
        lane.OnTick(Text(a, "1"));
        lane.OnGap(new Gap(a, s_channel, GapCause.Reconnected, 1, 2, -1));
        lane.OnTick(Text(a, "2"));
        await Deadline.UntilAsync(() => handler.Events.Length == 3, "three events");
        Assert.Equal(["A 1", "gap A Reconnected -1", "A 2"], handler.Events);
    }

    [Fact]
    public async Task All_blocks_are_back_when_the_lane_is_closed()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        SymbolId a = _symbols.GetOrAdd("A");
        using var gate = new ManualResetEventSlim();
        Lane lane = Start(new RecordingHandler(_symbols) { Before = () => gate.Wait(Deadline.Token) }, Delivery.Lane(8) with { CopyLimit = 0 });
        for (int i = 0; i < 1000; i++)
        {
            lane.OnTick(new Tick(a, s_channel, "some bytes of a tick"u8, i, source));
        }

        gate.Set();
        await lane.DisposeAsync();
        lane.OnTick(new Tick(a, s_channel, "after the end"u8, 0, source));
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public async Task A_handler_on_a_lane_may_keep_its_tick()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        var keeper = new KeepingHandler();
        await using (Lane lane = Start(keeper, Delivery.Lane(8) with { CopyLimit = 0 }))
        {
            lane.OnTick(new Tick(_symbols.GetOrAdd("A"), s_channel, "keep me"u8, 0, source));
        }

        source.Trim();
        Assert.Equal(1, pool.Outstanding);
        Assert.Equal("keep me", Encoding.ASCII.GetString(keeper.Kept.Span));
        keeper.Kept.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    private Lane Start<THandler>(THandler handler, Delivery delivery)
        where THandler : ITickHandler => Lane.Start(handler, in delivery, _faults);

    private static Tick Text(SymbolId symbol, string text) => new(symbol, s_channel, Encoding.ASCII.GetBytes(text), 1);

    private sealed class CountingHandler : ITickHandler
    {
        public long Ticks { get; private set; }

        public long Lost { get; private set; }

        public void OnTick(in Tick tick) => Ticks++;

        public void OnGap(in Gap gap) => Lost += gap.Lost;
    }

    private sealed class KeepingHandler : ITickHandler
    {
        public FrameLease Kept { get; private set; }

        public void OnTick(in Tick tick) => Kept = tick.Lease();

        public void OnGap(in Gap gap)
        {
        }
    }
}
