using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Buffers;
using Xunit;

namespace PerfConn.Tests.Buffers;

public class BlockPoolTests
{
    [Fact]
    public void A_returned_block_is_rented_again()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        block.Release();

        PinnedBlock again = pool.Rent(4096);

        Assert.Same(block, again);
        again.Release();
        AssertEmpty(pool);
    }

    [Fact]
    public void A_large_block_is_made_to_measure_and_not_kept()
    {
        var pool = new BlockPool(4096);
        PinnedBlock large = pool.Rent(4097);
        Assert.Equal(4097, large.Array.Length);
        Assert.Equal(4097, pool.OutstandingBytes);
        large.Release();

        PinnedBlock next = pool.Rent(4097);
        PinnedBlock standard = pool.Rent();

        Assert.NotSame(large, next);
        Assert.Equal(4096, standard.Array.Length);
        next.Release();
        standard.Release();
        AssertEmpty(pool);
    }

    [Fact]
    public void No_more_free_blocks_are_kept_than_asked()
    {
        var pool = new BlockPool(4096, maximumRetained: 2);
        PinnedBlock[] blocks = [.. Enumerable.Range(0, 5).Select(_ => pool.Rent())];
        Assert.Equal(5, pool.Outstanding);
        Assert.Equal(5 * 4096, pool.OutstandingBytes);
        Array.ForEach(blocks, block => block.Release());

        PinnedBlock[] again = [.. Enumerable.Range(0, 5).Select(_ => pool.Rent())];

        Assert.Equal(2, again.Count(blocks.Contains));
        Array.ForEach(again, block => block.Release());
        AssertEmpty(pool);
    }

    [Fact]
    public void Every_other_block_has_been_made_already()
    {
        var pool = new BlockPool(64 * 1024);
        PinnedBlock first = pool.Rent();
        long before = GC.GetAllocatedBytesForCurrentThread();
        PinnedBlock second = pool.Rent();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationBudget.Window);
        first.Release();
        second.Release();
        AssertEmpty(pool);
    }

    [Fact]
    public void A_block_too_small_for_a_socket_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new BlockPool(4095));

    [Fact]
    public void Renting_leasing_and_releasing_allocate_nothing()
    {
        var pool = new BlockPool(4096);
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                PinnedBlock block = pool.Rent();
                _ = block.TryLease(block.Array.AsSpan(10, 20), out FrameLease lease);
                block.Release();
                lease.Dispose();
            }
        });
        AssertEmpty(pool);
    }

    [Fact]
    public void A_block_goes_back_with_its_last_reference_only()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        Assert.True(block.IsExclusive);
        Assert.True(block.TryLease(block.Array.AsSpan(0, 1), out FrameLease first));
        Assert.True(block.TryLease(block.Array.AsSpan(0, 1), out FrameLease second));
        Assert.False(block.IsExclusive);
        first.Dispose();
        second.Dispose();
        Assert.True(block.IsExclusive);
        Assert.Equal(1, pool.Outstanding);

        block.Release();

        AssertEmpty(pool);
    }

    [Fact]
    public void Many_threads_count_right_and_never_share_a_block()
    {
        const int Threads = 4;
        var pool = new BlockPool(4096, maximumRetained: 3);
        var group = new ThreadGroup();
        for (int thread = 0; thread < Threads; thread++)
        {
            byte mark = (byte)(thread + 1);
            var random = new SplitMix(mark);
            group.Add(() => RentAndMark(pool, mark, random));
        }

        group.Run();

        AssertEmpty(pool);
    }

    [Fact]
    public void A_lease_released_by_other_threads_returns_the_block_once()
    {
        var pool = new BlockPool(4096);
        for (int round = 0; round < 200; round++)
        {
            PinnedBlock block = pool.Rent();
            block.Array.AsSpan().Fill((byte)round);
            var leases = new List<FrameLease>();
            for (int i = 0; i < 40; i++)
            {
                Assert.True(block.TryLease(block.Array.AsSpan(i, 10), out FrameLease lease));
                leases.Add(lease);
            }

            byte expected = (byte)round;
            var group = new ThreadGroup();
            for (int thread = 0; thread < 2; thread++)
            {
                List<FrameLease> mine = leases.GetRange(thread * 20, 20);
                group.Add(() => mine.ForEach(lease =>
                {
                    Assert.False(lease.Span.ContainsAnyExcept(expected));
                    lease.Dispose();
                }));
            }

            block.Release();
            group.Run();
            AssertEmpty(pool);
        }
    }

    private static void RentAndMark(BlockPool pool, byte mark, SplitMix random)
    {
        for (int i = 0; i < 3000; i++)
        {
            PinnedBlock block = pool.Rent(random.OneIn(20) ? 5000 : 0);
            Span<byte> bytes = block.Array.AsSpan(0, 64);
            bytes.Fill(mark);
            Assert.False(bytes.ContainsAnyExcept(mark));
            block.Release();
        }
    }

    private static void AssertEmpty(BlockPool pool)
    {
        Assert.Equal(0, pool.LeasedBytes);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, pool.OutstandingBytes);
    }
}
