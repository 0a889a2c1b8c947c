using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>Payloads that go through lanes by lease: one frame to many without a copy, back in the end whatever happens, and never above the limit.</summary>
public sealed class LaneLeaseTests
{
    private static readonly TickChannel s_channel = new(0);

    private readonly FaultObserver _faults = new(NullLogger.Instance, TimeProvider.System);

    [Fact]
    public async Task One_frame_fanned_out_to_many_lanes_is_never_copied_and_comes_back_once()
    {
        var pool = new BlockPool(64 * 1024) { TracksLeases = true };
        PinnedBlock block = pool.Rent();
        var handlers = Enumerable.Range(0, 8).Select(_ => new PlaceHandler(block)).ToArray();
        Lane[] lanes =
        [
            .. handlers.Select((handler, i) => Lane.Start(
                handler, Delivery.Lane(1000, (LanePolicy)(i % 4), LaneWaits.Of((LaneWaitKind)(i % 3))) with { CopyLimit = i < 4 ? 0 : 168 }, _faults)),
        ];
        var fan = new FanOutSubscriber(lanes);
        var source = new BlockSource(block);
        for (int i = 0; i < 200; i++)
        {
            fan.OnTick(new Tick(new SymbolId(i), s_channel, block.Array.AsSpan(i * 300, 200), 1, source));
        }

        block.Release();
        foreach (Lane lane in lanes)
        {
            await Deadline.Within(lane.DisposeAsync().AsTask());
        }

        Assert.All(handlers, handler => Assert.Equal((200, 200), (handler.Ticks, handler.InPlace)));
        Assert.Empty(pool.OutstandingLeases);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, pool.LeasedBytes);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.DropNewest)]
    [InlineData(LanePolicy.Wait)]
    [InlineData(LanePolicy.Conflate)]
    public async Task At_the_limit_of_leased_bytes_ticks_are_dropped_counted_and_told(LanePolicy policy)
    {
        const int BlockSize = 4096;
        var pool = new BlockPool(BlockSize, leaseLimit: 2 * BlockSize) { TracksLeases = true };
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var handler = new AccountingHandler
        {
            Before = _ =>
            {
                entered.Release();
                Assert.True(gate.Wait(TimeSpan.FromSeconds(20)));
            },
        };
        var streams = new NumberedStreams(4);
        Lane lane = Lane.Start(handler, Delivery.Lane(100, policy) with { CopyLimit = 16 }, _faults);
        Send(3, 12);
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(20)));

        // Each of these needs a block of its own, of which there may be two; the handler stands still, so all that come are waiting.
        for (int i = 0; i < 6; i++)
        {
            Send(i % 3, 3000);
        }

        Assert.Equal(2 * BlockSize, pool.LeasedBytes);
        Assert.Equal(4, lane.Statistics.Dropped);
        gate.Release(100);
        await Deadline.UntilAsync(() => lane.Statistics.Waiting == 0, "the lane to run dry");
        for (int i = 0; i < 3; i++)
        {
            Send(i, 12);
        }

        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Null(handler.Fault);
        Assert.Equal(4, handler.Lost);
        Assert.Equal(6, handler.Ticks);
        Assert.Equal(0, pool.LeasedBytes);
        Assert.Empty(pool.OutstandingLeases);

        void Send(int stream, int size)
        {
            var source = new CopyingLeaseSource(pool);
            streams.Send(lane, stream, size, source);
            source.Trim();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(168)]
    public async Task What_a_handler_on_a_lane_keeps_stays_good(int copyLimit)
    {
        var pool = new BlockPool(4096) { TracksLeases = true };
        var source = new CopyingLeaseSource(pool);
        var keeper = new Keeper();
        await using (Lane lane = Lane.Start(keeper, Delivery.Lane(4, LanePolicy.Wait) with { CopyLimit = copyLimit }, _faults))
        {
            for (int i = 0; i < 300; i++)
            {
                lane.OnTick(new Tick(new SymbolId(i % 3), s_channel, BitConverter.GetBytes(i), 1, source));
            }
        }

        source.Trim();
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32(keeper.Kept[i].Span));
            keeper.Kept[i].Dispose();
        }

        Assert.Empty(pool.OutstandingLeases);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData(LanePolicy.DropOldest)]
    [InlineData(LanePolicy.Conflate)]
    public async Task What_comes_after_the_end_is_refused_and_not_leaked(LanePolicy policy)
    {
        var pool = new BlockPool(4096) { TracksLeases = true };
        var source = new CopyingLeaseSource(pool);
        Lane lane = Lane.Start(new Keeper(), Delivery.Lane(4, policy) with { CopyLimit = 0 }, _faults);
        await lane.DisposeAsync();
        lane.OnTick(new Tick(new SymbolId(0), s_channel, "late"u8, 1, source));
        lane.OnGap(new Gap(new SymbolId(0), s_channel, GapCause.Reconnected, 0, 0, -1));
        await lane.DisposeAsync();
        source.Trim();
        Assert.Equal(default, lane.Statistics);
        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>A subscription may be ended by anybody while the receive loop is inside its lane.</summary>
    [Theory]
    [InlineData(LanePolicy.DropOldest, LaneWaitKind.Async)]
    [InlineData(LanePolicy.DropNewest, LaneWaitKind.Thread)]
    [InlineData(LanePolicy.Wait, LaneWaitKind.Spin)]
    [InlineData(LanePolicy.Conflate, LaneWaitKind.Async)]
    public void Ended_while_its_writer_is_inside_nothing_is_lost_or_leaked(LanePolicy policy, LaneWaitKind kind)
    {
        var pool = new BlockPool { TracksLeases = false };
        PinnedBlock block = pool.Rent();
        var source = new BlockSource(block);
        for (int round = 0; round < 300; round++)
        {
            Lane lane = Lane.Start(new Nothing(), Delivery.Lane(8, policy, LaneWaits.Of(kind)) with { CopyLimit = 0 }, _faults);
            int pauses = round * 7 % 400;
            var group = new ThreadGroup();
            group.Add(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    lane.OnTick(new Tick(new SymbolId(i % 5), s_channel, block.Array.AsSpan(i, 20), 1, source));
                }
            });
            group.Add(() =>
            {
                Thread.SpinWait(pauses);
                Deadline.Within(lane.DisposeAsync().AsTask()).GetAwaiter().GetResult();
                Assert.Equal(0, lane.Statistics.Waiting);
            });
            group.Run();
            Assert.Equal(0, lane.Statistics.Waiting);
            Assert.True(block.TryReclaim(), "all leases are back");
        }

        block.Release();
        Assert.Equal(0, pool.Outstanding);
    }

    private sealed class PlaceHandler(PinnedBlock block) : ITickHandler
    {
        public int Ticks { get; private set; }

        public int InPlace { get; private set; }

        public void OnTick(in Tick tick)
        {
            bool inPlace = Unsafe.AreSame(ref MemoryMarshal.GetReference(tick.Payload), ref block.Array[tick.Symbol.Value * 300]);
            Ticks++;
            InPlace += inPlace ? 1 : 0;
        }

        public void OnGap(in Gap gap)
        {
        }
    }

    private sealed class Keeper : ITickHandler
    {
        public List<FrameLease> Kept { get; } = [];

        public void OnTick(in Tick tick) => Kept.Add(tick.Lease());

        public void OnGap(in Gap gap)
        {
        }
    }

    private sealed class Nothing : ITickHandler
    {
        public void OnTick(in Tick tick)
        {
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
