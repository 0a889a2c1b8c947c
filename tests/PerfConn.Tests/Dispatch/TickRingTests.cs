using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Dispatch;

public sealed class TickRingTests
{
    private uint _number;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(1000)]
    public void It_holds_exactly_its_capacity(int capacity)
    {
        var ring = new TickRing(capacity, copyLimit: 16, dropsOldest: false);
        for (int i = 1; i <= capacity; i++)
        {
            Assert.True(TryWrite(ring, i));
        }

        Assert.False(TryWrite(ring, -1));
        int[] first = One(ring);
        Assert.Equal(1, first[0]);
        for (int i = 1; i <= first.Length; i++)
        {
            Assert.True(TryWrite(ring, capacity + i));
        }

        Assert.False(TryWrite(ring, -1));
        Assert.Equal(capacity, All(ring).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(1024)]
    public void The_oldest_make_room_in_runs_of_a_64th(int capacity)
    {
        int run = Math.Clamp(capacity / 64, 1, 256);
        var ring = new TickRing(capacity, copyLimit: 16, dropsOldest: true);
        int sent = (3 * capacity) + 5;
        for (int i = 1; i <= sent; i++)
        {
            Assert.True(TryWrite(ring, i));
        }

        int[] left = All(ring);
        Assert.Equal(sent - left.Length, ring.Dropped);
        Assert.InRange(left.Length, capacity - run + 1, capacity);
        Assert.Equal(sent, left[^1]);
        for (int i = 1; i < left.Length; i++)
        {
            Assert.Equal(left[i - 1] + 1, left[i]);
        }
    }

    [Fact]
    public void Places_are_used_again_and_again_whatever_the_batches()
    {
        var random = new SplitMix(3);
        var ring = new TickRing(37, copyLimit: 16, dropsOldest: false);
        int sent = 0;
        int expected = 1;
        while (expected < 20_000)
        {
            for (int i = random.Below(40); i > 0 && TryWrite(ring, sent + 1); i--)
            {
                sent++;
            }

            foreach (int value in random.OneIn(3) ? All(ring) : One(ring))
            {
                Assert.Equal(expected++, value);
            }
        }
    }

    [Fact]
    public void A_gap_marker_goes_through_whole()
    {
        var ring = new TickRing(4, copyLimit: 0, dropsOldest: false);
        var gap = new Gap(new SymbolId(70_000), new TickChannel(3), GapCause.SlowConsumer, long.MinValue, long.MaxValue, -1, 17, long.MaxValue - 1);
        Assert.True(ring.TryWrite(in gap, new StreamMark { Ticks = uint.MaxValue, Gaps = ushort.MaxValue, Cause = 1 }));
        Assert.Equal(1, ring.TakeBatch());
        ref LaneSlotHeader header = ref ring.BatchAt(0);
        Assert.Equal(LaneSlotKind.Gap, header.Kind);
        Assert.Equal((70_000, 3, uint.MaxValue, ushort.MaxValue), (header.Symbol, header.Channel, header.Mark.Ticks, header.Mark.Gaps));
        Assert.Equal(gap, MemoryMarshal.Read<LaneGapBody>(Payload(ref header)).ToGap(gap.Symbol, gap.Channel, header.Timestamp));
    }

    [Fact]
    public void Large_payloads_go_by_lease_and_dropped_ones_are_released()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        var source = new BlockSource(block);
        var ring = new TickRing(2, copyLimit: 8, dropsOldest: true);
        for (int i = 0; i < 5; i++)
        {
            var tick = new Tick(new SymbolId(0), new TickChannel(0), block.Array.AsSpan(i * 100, 9), 1, source);
            Assert.True(ring.TryWrite(in tick, default));
        }

        block.Release();
        Assert.Equal(1, pool.Outstanding);
        for (int i = 3; i < 5; i++)
        {
            Assert.Equal(1, ring.TakeBatch());
            Assert.Equal(LaneSlotKind.Leased, ring.BatchAt(0).Kind);
            Assert.True(ring.LeaseAt(0).Span == block.Array.AsSpan(i * 100, 9), "the same memory, not a copy");
            ring.LeaseAt(0).Dispose();
        }

        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>A reader that is stopped in the middle of a copy: the writer goes on dropping the oldest as long as there are other places, then the newest, and touches nothing it may not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(2000)]
    public void A_writer_keeps_off_the_places_that_are_being_copied(int capacity)
    {
        var ring = new TickRing(capacity, copyLimit: 16, dropsOldest: true);
        int places = capacity + Math.Max(64, capacity / 16);
        int sent = 0;
        for (int round = 0; round < 50; round++)
        {
            while (sent < (round + 1) * 3 * places)
            {
                Assert.True(TryWrite(ring, ++sent));
            }

            int count = ring.Claim();
            int waiting = sent;
            int written = 0;
            while (TryWrite(ring, sent + 1))
            {
                sent++;
                written++;
                Assert.True(written <= places, "it must stop before the claimed places");
            }

            Assert.True(written >= places - capacity, "it goes on as long as it can");
            Assert.False(TryWrite(ring, -1));
            ring.CopyClaimed(count);
            int[] claimed = Batch(ring, count);
            for (int i = 1; i < count; i++)
            {
                Assert.Equal(claimed[i - 1] + 1, claimed[i]);
            }

            Assert.InRange(claimed[0], waiting - capacity + 1, waiting);
            Assert.InRange(claimed[^1], claimed[0], waiting);
            Assert.True(TryWrite(ring, ++sent), "it goes on at once");
            int[] left = All(ring);
            Assert.Equal(sent, left[^1]);
            Assert.True(left[0] > claimed[^1], "in order");
        }
    }

    /// <summary>Writer and reader on threads of their own, as fast as they can: each item comes whole, once, in order, or is counted as dropped.</summary>
    [Theory]
    [InlineData(1, true, 0)]
    [InlineData(2, true, 0)]
    [InlineData(5, true, 60)]
    [InlineData(64, true, 0)]
    [InlineData(200, true, 40)]
    [InlineData(1024, true, 200)]
    [InlineData(1, false, 0)]
    [InlineData(64, false, 0)]
    [InlineData(1024, false, 20)]
    public void Hammered_by_two_threads_nothing_is_torn_lost_or_doubled(int capacity, bool dropsOldest, int slowness)
    {
        const int Sent = 300_000;
        var ring = new TickRing(capacity, copyLimit: 100, dropsOldest);
        int refused = 0;
        int received = 0;
        int done = 0;
        var group = new ThreadGroup();
        group.Add(() =>
        {
            for (int i = 1; i <= Sent; i++)
            {
                refused += TryWrite(ring, i, 12 + (i % 89)) ? 0 : 1;
                if (i % 1000 == 0)
                {
                    // On one core the other side must get its turns.
                    Thread.Yield();
                }
            }

            Volatile.Write(ref done, 1);
        });
        group.Add(() =>
        {
            int last = 0;
            var spin = default(SpinWait);
            while (true)
            {
                bool isLast = Volatile.Read(ref done) != 0;
                int count = ring.TakeBatch();
                for (int i = 0; i < count; i++)
                {
                    ref LaneSlotHeader header = ref ring.BatchAt(i);
                    ReadOnlySpan<byte> payload = Payload(ref header);
                    int value = BinaryPrimitives.ReadInt32LittleEndian(payload);
                    Assert.Equal(12 + (value % 89), payload.Length);
                    Assert.Equal(-1, payload[4..].IndexOfAnyExcept((byte)value));
                    Assert.Equal(value, header.Timestamp);
                    Assert.True(value > last, "in order, and once");
                    last = value;
                    received++;
                }

                Thread.SpinWait(slowness);
                if (count > 0)
                {
                    spin.Reset();
                }
                else if (isLast)
                {
                    break;
                }
                else
                {
                    spin.SpinOnce();
                }
            }
        });
        group.Run();
        Assert.Equal(Sent, received + refused + ring.Dropped);
        Assert.True(received > 0);
    }

    private static ReadOnlySpan<byte> Payload(ref LaneSlotHeader header) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.Add(ref Unsafe.As<LaneSlotHeader, byte>(ref header), LaneSlotHeader.Size), header.Length);

    private bool TryWrite(TickRing ring, int value, int size = 4)
    {
        Span<byte> payload = stackalloc byte[size];
        payload.Fill((byte)value);
        BinaryPrimitives.WriteInt32LittleEndian(payload, value);
        var tick = new Tick(new SymbolId(0), new TickChannel(0), payload, value);
        return ring.TryWrite(in tick, new StreamMark { Ticks = ++_number });
    }

    private static int[] One(TickRing ring)
    {
        return Batch(ring, ring.TakeBatch());
    }

    private static int[] Batch(TickRing ring, int count)
    {
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(Payload(ref ring.BatchAt(i)));
        }

        return values;
    }

    private static int[] All(TickRing ring)
    {
        var all = new List<int>();
        int[] some;
        do
        {
            some = One(ring);
            all.AddRange(some);
        }
        while (some.Length > 0);

        return [.. all];
    }
}
