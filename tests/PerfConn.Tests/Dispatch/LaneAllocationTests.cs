using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>A tick allocates nothing on either side of a lane, under any policy, however the reader waits, copied or leased, in a flood or one by one.</summary>
[Collection(AloneCollection.Name)]
public sealed class LaneAllocationTests
{
    public static TheoryData<LanePolicy, LaneWaitKind, int, bool> All
    {
        get
        {
            var all = new TheoryData<LanePolicy, LaneWaitKind, int, bool>();
            foreach (LanePolicy policy in Enum.GetValues<LanePolicy>())
            {
                foreach (LaneWaitKind kind in Enum.GetValues<LaneWaitKind>())
                {
                    all.Add(policy, kind, 168, false);
                    all.Add(policy, kind, 168, true);
                    all.Add(policy, kind, 0, false);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_tick_allocates_nothing_on_either_side(LanePolicy policy, LaneWaitKind kind, int copyLimit, bool oneByOne)
    {
        var pool = new BlockPool { TracksLeases = false };
        PinnedBlock block = pool.Rent();
        var source = new BlockSource(block);
        var handler = new Counter();
        Delivery delivery = Delivery.Lane(256, policy, LaneWaits.Of(kind)) with { CopyLimit = copyLimit };
        await using (Lane lane = Lane.Start(handler, in delivery, new FaultObserver(NullLogger.Instance, TimeProvider.System)))
        {
            // Of the whole process, so that the reader's side is in it wherever it runs; the runner itself allocates now and then, hence the least of several.
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 50 && least > 0; attempt++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Send(lane, block, source, oneByOne ? 50 : 5000, oneByOne);
                long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
                least = attempt < 2 ? least : Math.Min(least, allocated);
            }

            Assert.Equal(0, least);
        }

        block.Release();
        Assert.True(handler.Ticks > 0);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, pool.LeasedBytes);
    }

    private static void Send(Lane lane, PinnedBlock block, BlockSource source, int count, bool oneByOne)
    {
        for (int i = 0; i < count; i++)
        {
            lane.OnTick(new Tick(new SymbolId(i % 30), new TickChannel(1), block.Array.AsSpan(i * 10, 110), i, source));
            if (oneByOne)
            {
                // Long enough for the reader to have gone to sleep.
                UntilEmpty(lane);
                Thread.SpinWait(2000);
            }
        }

        UntilEmpty(lane);
    }

    private static void UntilEmpty(Lane lane)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (lane.Statistics.Waiting != 0)
        {
            Thread.Yield();
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the lane runs dry");
        }
    }

    private sealed class Counter : ITickHandler
    {
        public long Ticks { get; private set; }

        public void OnTick(in Tick tick) => Ticks += tick.Payload.Length == 110 ? 1 : 0;

        public void OnGap(in Gap gap)
        {
        }
    }
}
