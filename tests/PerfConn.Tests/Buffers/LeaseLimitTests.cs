using System;
using System.Collections.Generic;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Buffers;

/// <summary>Leases hold no more bytes than the pool allows.</summary>
public sealed class LeaseLimitTests
{
    private const int BlockSize = 4096;

    [Fact]
    public void A_block_counts_once_from_its_first_lease_until_nobody_holds_one()
    {
        var pool = new BlockPool(BlockSize, leaseLimit: 2 * BlockSize);
        PinnedBlock block = pool.Rent();
        Assert.Equal(0, pool.LeasedBytes);
        FrameLease first = Lease(block);
        FrameLease second = Lease(block);
        Assert.Equal(BlockSize, pool.LeasedBytes);
        Assert.False(block.TryReclaim());
        first.Dispose();
        second.Dispose();
        Assert.True(block.TryReclaim());
        Assert.Equal(0, pool.LeasedBytes);

        FrameLease third = Lease(block);
        block.Release();
        Assert.Equal(BlockSize, pool.LeasedBytes);
        third.Dispose();
        Assert.Equal(0, pool.LeasedBytes);
    }

    [Fact]
    public void A_lease_that_needs_another_block_is_refused_at_the_limit()
    {
        var pool = new BlockPool(BlockSize, leaseLimit: (2 * BlockSize) + 1);
        PinnedBlock[] blocks = [pool.Rent(), pool.Rent(), pool.Rent()];
        FrameLease first = Lease(blocks[0]);
        FrameLease second = Lease(blocks[1]);

        Assert.False(blocks[2].TryLease(blocks[2].Array.AsSpan(0, 1), out FrameLease none));
        Assert.Equal(default, none);
        Assert.Equal(2 * BlockSize, pool.LeasedBytes);

        // One more on a block that is held anyway costs no memory.
        Lease(blocks[1]).Dispose();

        first.Dispose();
        blocks[0].Release();
        Lease(blocks[2]).Dispose();
        second.Dispose();
        blocks[1].Release();
        blocks[2].Release();
        Assert.Equal(0, pool.LeasedBytes);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(BlockSize + 1)]
    public void A_refused_copy_leaves_nothing_behind(int size)
    {
        var pool = new BlockPool(BlockSize, leaseLimit: 100);
        var source = new CopyingLeaseSource(pool);
        Assert.False(source.TryLease(new byte[size], out _));
        var tick = new Tick(new SymbolId(0), new TickChannel(0), new byte[size], 1, source);
        Assert.False(tick.TryLease(out _));
        Assert.Throws<LeaseLimitException>(() => new Tick(new SymbolId(0), new TickChannel(0), new byte[size], 1, source).Lease());
        source.Trim();
        Assert.Equal(0, pool.LeasedBytes);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void The_limit_is_never_exceeded_however_many_threads_ask()
    {
        // One thread alone meets it.
        const int Limit = 3 * BlockSize;
        var pool = new BlockPool(BlockSize, leaseLimit: Limit) { TracksLeases = false };
        var group = new ThreadGroup();
        int refused = 0;
        for (int thread = 0; thread < 4; thread++)
        {
            var random = new SplitMix((ulong)thread);
            group.Add(() =>
            {
                var kept = new Queue<FrameLease>();
                for (int i = 0; i < 5000; i++)
                {
                    PinnedBlock block = pool.Rent();
                    if (block.TryLease(block.Array.AsSpan(0, 1), out FrameLease lease))
                    {
                        kept.Enqueue(lease);
                    }
                    else
                    {
                        System.Threading.Interlocked.Increment(ref refused);
                    }

                    block.Release();
                    while (kept.Count > random.Below(4))
                    {
                        kept.Dequeue().Dispose();
                    }

                    Assert.InRange(pool.LeasedBytes, kept.Count * BlockSize, Limit);
                }

                while (kept.TryDequeue(out FrameLease last))
                {
                    last.Dispose();
                }
            });
        }

        group.Run();
        Assert.True(refused > 0, "the limit was met");
        Assert.Equal(0, pool.LeasedBytes);
        Assert.Equal(0, pool.Outstanding);
    }

    private static FrameLease Lease(PinnedBlock block) =>
        block.TryLease(block.Array.AsSpan(0, 1), out FrameLease lease) ? lease : throw new InvalidOperationException("refused");
}
