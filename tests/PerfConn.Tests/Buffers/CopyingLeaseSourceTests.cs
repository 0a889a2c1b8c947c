using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Buffers;
using Xunit;

namespace PerfConn.Tests.Buffers;

public class CopyingLeaseSourceTests
{
    [Fact]
    public void Small_copies_share_a_block()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        FrameLease[] leases = [.. Enumerable.Range(0, 100).Select(i => source.Lease([(byte)i, (byte)(i + 1)]))];

        Assert.Equal(1, pool.Outstanding);
        Assert.All(leases.Index(), lease => Assert.Equal([(byte)lease.Index, (byte)(lease.Index + 1)], lease.Item.Span.ToArray()));
        Array.ForEach(leases, lease => lease.Dispose());
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_copy_is_a_copy()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        byte[] bytes = [1, 2, 3];
        FrameLease lease = source.Lease(bytes);
        bytes[0] = 9;

        Assert.Equal([1, 2, 3], lease.Span.ToArray());
        lease.Dispose();
        source.Trim();
    }

    [Fact]
    public void Leases_outlive_the_source_filling_further_blocks_and_being_trimmed()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        var random = new SplitMix(77);
        var kept = new Queue<(FrameLease Lease, byte Value)>();
        for (int i = 0; i < 3000; i++)
        {
            byte value = (byte)random.Next();
            byte[] bytes = [.. Enumerable.Repeat(value, random.Pick(0, 1, 100, 1500, 4096, 9000))];
            kept.Enqueue((source.Lease(bytes), value));
            if (random.OneIn(40))
            {
                source.Trim();
            }

            while (kept.Count > random.Below(12))
            {
                (FrameLease lease, byte expected) = kept.Dequeue();
                Assert.False(lease.Span.ContainsAnyExcept(expected));
                lease.Dispose();
            }
        }

        while (kept.TryDequeue(out (FrameLease Lease, byte Value) last))
        {
            last.Lease.Dispose();
        }

        source.Trim();
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, pool.OutstandingBytes);
    }

    [Fact]
    public void A_large_copy_has_a_block_of_its_own_that_goes_with_it()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        FrameLease before = source.Lease([1]);
        FrameLease large = source.Lease(new byte[100_000]);
        FrameLease after = source.Lease([2]);

        Assert.Equal(2, pool.Outstanding);
        large.Dispose();
        Assert.Equal(4096, pool.OutstandingBytes);
        before.Dispose();
        after.Dispose();
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Copying_allocates_nothing_once_a_block_is_there()
    {
        var pool = new BlockPool(4096) { TracksLeases = false };
        var source = new CopyingLeaseSource(pool);
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                source.Lease("some tick"u8).Dispose();
            }
        });
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Several_threads_may_copy_at_once()
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        var group = new ThreadGroup();
        for (int thread = 1; thread <= 3; thread++)
        {
            byte mark = (byte)thread;
            group.Add(() =>
            {
                byte[] bytes = [.. Enumerable.Repeat(mark, 50)];
                for (int i = 0; i < 3000; i++)
                {
                    FrameLease lease = source.Lease(bytes);
                    Assert.False(lease.Span.ContainsAnyExcept(mark));
                    lease.Dispose();
                }
            });
        }

        group.Run();
        source.Trim();
        Assert.Equal(0, pool.Outstanding);
    }
}
