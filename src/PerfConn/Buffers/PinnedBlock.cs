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

    internal PinnedBlock(BlockPool pool, int size)
    {
        _pool = pool;
        Array = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    public byte[] Array { get; }

    /// <summary>Whether only the caller, who holds one reference, holds any: the block's bytes may then be overwritten.</summary>
    public bool IsExclusive => Volatile.Read(ref _references) == 1;

    /// <summary>Counts the block's lives: a lease of an earlier life is recognised by it.</summary>
    public int Generation => Volatile.Read(ref _generation);

    internal void OnRented()
    {
        Debug.Assert(_references == 0, "a block was rented while it was referenced");
        _references = 1;
    }

    public void AddReference()
    {
        int now = Interlocked.Increment(ref _references);
        Debug.Assert(now > 1, "a reference was added to a block that nobody holds");
    }

    /// <summary>Leases bytes that stand in this block; false when they stand elsewhere. The caller holds a reference.</summary>
    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease)
    {
        // The array is pinned, so the distance of the two references is a plain offset, and one comparison tells inside from outside.
        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(Array), ref MemoryMarshal.GetReference(bytes));
        if (bytes.Length > Array.Length || (nuint)offset > (nuint)(uint)(Array.Length - bytes.Length))
        {
            lease = default;
            return false;
        }

        AddReference();
        lease = new FrameLease(this, (int)offset, bytes.Length);
        return true;
    }

    public void Release()
    {
        int now = Interlocked.Decrement(ref _references);
        Debug.Assert(now >= 0, "a block was released more often than it was referenced");
        if (now == 0)
        {
            Interlocked.Increment(ref _generation);
            _pool.Return(this);
        }
    }
}
