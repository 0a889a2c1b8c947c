using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace PerfConn.Buffers;

/// <summary>
/// A pooled array on the pinned heap with a reference count. The receive loop that fills it holds one reference, each lease on bytes
/// inside holds another; the block goes back to its pool when the last one is released.
/// </summary>
/// <remarks>
/// Pinned, so that the socket layer reads into it without pinning it anew per call. Any thread may add a reference while it holds one,
/// and any thread may release.
/// </remarks>
internal sealed class PinnedBlock
{
    private readonly BlockPool _pool;
    private int _references;
    private int _generation;
    private int _isLeased;

    internal PinnedBlock(BlockPool pool, int size)
    {
        _pool = pool;
        Array = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    public byte[] Array { get; }

    /// <summary>Whether only the caller, who holds one reference, holds any.</summary>
    public bool IsExclusive => Volatile.Read(ref _references) == 1;

    /// <summary>If the caller is the only one left, takes the block back: its bytes may be overwritten, and it no longer counts as leased.</summary>
    public bool TryReclaim()
    {
        if (!IsExclusive)
        {
            return false;
        }

        ClearLeased();
        return true;
    }

    internal void OnRented()
    {
        Debug.Assert(_references == 0, "a block was rented while it was referenced");
        _references = 1;
    }

    /// <summary>Whether the bytes stand in this block.</summary>
    public bool Holds(ReadOnlySpan<byte> bytes) => TryOffsetOf(bytes, out _);

    /// <summary>Leases bytes; false when they do not stand in this block, or when its pool has no room for another leased one. The caller holds a reference.</summary>
    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease)
    {
        if (!TryOffsetOf(bytes, out int offset) || (Volatile.Read(ref _isLeased) == 0 && !TryMarkLeased()))
        {
            lease = default;
            return false;
        }

        int now = Interlocked.Increment(ref _references);
        Debug.Assert(now > 1, "a reference was added to a block that nobody holds");
        lease = new FrameLease(this, offset, bytes.Length, _pool.Tracker?.Take(bytes.Length) ?? _generation);
        return true;
    }

    /// <summary>Throws when a lease is no longer one. Without a tracker that is known once the block has been returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Check(int leaseNumber)
    {
        if (_pool.Tracker is { } tracker)
        {
            tracker.Check(leaseNumber);
        }
        else if (Volatile.Read(ref _generation) != leaseNumber)
        {
            ThrowReleased();
        }
    }

    /// <summary>Releases a lease's reference.</summary>
    public void Release(int leaseNumber)
    {
        if (_pool.Tracker is { } tracker)
        {
            tracker.Release(leaseNumber);
        }
        else if (Volatile.Read(ref _generation) != leaseNumber)
        {
            ThrowReleased();
        }

        Release();
    }

    public void Release()
    {
        int now = Interlocked.Decrement(ref _references);
        if (now > 0)
        {
            return;
        }

        if (now < 0)
        {
            ThrowReleased();
        }

        ClearLeased();
        Interlocked.Increment(ref _generation);
        _pool.Return(this);
    }

    private bool TryOffsetOf(ReadOnlySpan<byte> bytes, out int offset)
    {
        // The array is pinned, so the distance of the two references is a plain offset, and one comparison tells inside from outside.
        nint distance = Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(Array), ref MemoryMarshal.GetReference(bytes));
        offset = (int)distance;
        return bytes.Length <= Array.Length && (nuint)distance <= (nuint)(uint)(Array.Length - bytes.Length);
    }

    /// <summary>
    /// The first lease since the block was the receive loop's alone: from now on it counts against the pool's limit, once, however many leases it
    /// carries. Raised by the receive loop only, and lowered when nobody holds a lease: never by two at a time.
    /// </summary>
    private bool TryMarkLeased()
    {
        if (!_pool.TryReserve(Array.Length))
        {
            return false;
        }

        Volatile.Write(ref _isLeased, 1);
        return true;
    }

    private void ClearLeased()
    {
        if (_isLeased != 0)
        {
            _isLeased = 0;
            _pool.Unreserve(Array.Length);
        }
    }

    private static void ThrowReleased() => throw new LeaseReleasedException(
        "A lease was used or released after it had been released. Set BlockPool.TracksLeases to see where.");
}
