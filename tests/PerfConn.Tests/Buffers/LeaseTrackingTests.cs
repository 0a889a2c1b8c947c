using System;
using System.Linq;
using System.Runtime.CompilerServices;
using PerfConn.Buffers;
using Xunit;

namespace PerfConn.Tests.Buffers;

/// <summary>Leaks, late uses and double releases are noticed.</summary>
public sealed class LeaseTrackingTests
{
    private readonly BlockPool _pool = new(4096) { TracksLeases = true };

    [Fact]
    public void A_leaked_lease_is_known_with_the_place_where_it_was_taken()
    {
        PinnedBlock block = _pool.Rent();
        FrameLease leaked = TakeAndForget(block);
        Assert.True(block.TryLease(block.Array.AsSpan(0, 5), out FrameLease released));
        released.Dispose();
        block.Release();

        LeaseRecord record = Assert.Single(_pool.OutstandingLeases);
        Assert.Equal(7, record.Length);
        Assert.Contains(nameof(TakeAndForget), record.TakenAt, StringComparison.Ordinal);
        Assert.Contains(nameof(TakeAndForget), record.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, _pool.Outstanding);

        leaked.Dispose();
        Assert.Empty(_pool.OutstandingLeases);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_second_release_is_noticed_at_once_and_takes_nothing_from_the_others()
    {
        PinnedBlock block = _pool.Rent();
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease one));
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease other));
        block.Release();
        one.Dispose();

        LeaseReleasedException again = Assert.Throws<LeaseReleasedException>(one.Dispose);
        Assert.Contains(nameof(A_second_release_is_noticed_at_once_and_takes_nothing_from_the_others), again.Message, StringComparison.Ordinal);
        Assert.Equal(1, _pool.Outstanding);
        Assert.Equal(7, other.Span.Length);
        other.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_use_after_the_release_is_noticed_while_others_hold_the_block()
    {
        PinnedBlock block = _pool.Rent();
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease lease));
        lease.Dispose();

        Assert.Throws<LeaseReleasedException>(() => lease.Span.Length);
        Assert.Throws<LeaseReleasedException>(() => lease.Memory.Length);
        Assert.Throws<LeaseReleasedException>(() => lease.TryLeaseAgain(default, out _));
        block.Release();
    }

    [Fact]
    public void The_places_of_releases_long_ago_are_forgotten_and_the_fault_is_still_seen()
    {
        PinnedBlock block = _pool.Rent();
        FrameLease[] leases = [.. Enumerable.Range(0, 300).Select(_ => TakeAndForget(block))];
        Array.ForEach(leases, lease => lease.Dispose());

        Assert.Contains("long after", Assert.Throws<LeaseReleasedException>(leases[0].Dispose).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("long after", Assert.Throws<LeaseReleasedException>(leases[^1].Dispose).Message, StringComparison.Ordinal);
        block.Release();
    }

    [Fact]
    public void A_returned_block_is_overwritten()
    {
        PinnedBlock block = _pool.Rent();
        block.Array.AsSpan().Clear();
        block.Release();
        Assert.False(block.Array.AsSpan().ContainsAnyExcept((byte)0xDD));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_tracking_a_lease_of_an_earlier_life_is_noticed(bool rentedAgain)
    {
        var pool = new BlockPool(4096) { TracksLeases = false };
        PinnedBlock block = pool.Rent();
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease lease));
        block.Release();
        lease.Dispose();
        PinnedBlock? next = rentedAgain ? pool.Rent() : null;

        Assert.Throws<LeaseReleasedException>(() => lease.Span.Length);
        Assert.Throws<LeaseReleasedException>(() => lease.Memory.Length);
        Assert.Throws<LeaseReleasedException>(lease.Dispose);
        Assert.Empty(pool.OutstandingLeases);
        Assert.Equal(rentedAgain ? 1 : 0, pool.Outstanding);
        next?.Release();
    }

    [Fact]
    public void A_lease_costs_nothing_without_tracking()
    {
        var pool = new BlockPool(4096) { TracksLeases = false };
        PinnedBlock block = pool.Rent();
        AllocationBudget.AssertZero(() =>
        {
            Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease lease));
            _ = lease.Span;
            lease.Dispose();
        });
        block.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FrameLease TakeAndForget(PinnedBlock block)
    {
        Assert.True(block.TryLease(block.Array.AsSpan(0, 7), out FrameLease lease));
        return lease;
    }
}
