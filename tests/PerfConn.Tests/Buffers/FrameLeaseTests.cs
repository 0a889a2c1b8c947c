using System;
using PerfConn.Buffers;
using Xunit;

namespace PerfConn.Tests.Buffers;

public class FrameLeaseTests
{
    [Fact]
    public void Bytes_inside_a_block_are_leased_where_they_stand()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        foreach ((int start, int length) in (ReadOnlySpan<(int, int)>)[(0, 4096), (0, 0), (4096, 0), (4095, 1), (100, 7)])
        {
            Assert.True(block.TryLease(block.Array.AsSpan(start, length), out FrameLease lease));
            Assert.True(lease.Span == block.Array.AsSpan(start, length), "the same memory, not a copy");
            Assert.True(lease.Memory.Span == lease.Span);
            lease.Dispose();
        }

        block.Release();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Bytes_elsewhere_are_not()
    {
        var pool = new BlockPool(4096);
        PinnedBlock one = pool.Rent();
        PinnedBlock other = pool.Rent();
        Span<byte> onTheStack = stackalloc byte[4];

        Assert.False(one.TryLease(other.Array, out _));
        Assert.False(one.TryLease(other.Array.AsSpan(100, 1), out _));
        Assert.False(other.TryLease(one.Array.AsSpan(100, 1), out _));
        Assert.False(one.TryLease(onTheStack, out _));
        Assert.False(one.TryLease(new byte[8192], out _));
        Assert.False(one.TryLease("literal"u8, out _));
        Assert.False(one.TryLease(default, out FrameLease none));
        Assert.Equal(default, none);
        Assert.True(one.IsExclusive);
        one.Release();
        other.Release();
    }

    [Fact]
    public void A_lease_can_be_leased_again_and_outlives_the_first()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        "BTCUSDT"u8.CopyTo(block.Array);
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease first));
        Assert.True(first.TryLeaseAgain(first.Span[..3], out FrameLease second));
        block.Release();
        first.Dispose();

        Assert.Equal(1, pool.Outstanding);
        Assert.True(second.Span.SequenceEqual("BTC"u8));
        second.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_lease_on_nothing_is_empty_and_may_be_released()
    {
        FrameLease none = default;

        Assert.True(none.Span.IsEmpty);
        Assert.True(none.Memory.IsEmpty);
        none.Dispose();
    }

    [Fact]
    public void Leases_are_equal_when_they_are_the_same_bytes_in_the_same_life()
    {
        var pool = new BlockPool(4096);
        PinnedBlock block = pool.Rent();
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease one));
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease same));
        Assert.True(block.TryLease(block.Array.AsSpan(0, 8), out FrameLease longer));
        Assert.True(one == same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.True(one != longer);
        Assert.False(one.Equals((object?)null));
        one.Dispose();
        same.Dispose();
        longer.Dispose();
        block.Release();

        PinnedBlock next = pool.Rent();
        Assert.Same(block, next);
        Assert.True(next.TryLease(next.Array.AsSpan(0, 7), out FrameLease later));
        Assert.True(one != later);
        later.Dispose();
        next.Release();
    }
}
