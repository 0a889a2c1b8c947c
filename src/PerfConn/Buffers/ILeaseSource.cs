using System;

namespace PerfConn.Buffers;

/// <summary>Gives leases on bytes that stand in a receive block. Belongs to one receive loop and is called on it only.</summary>
public interface ILeaseSource
{
    /// <summary>
    /// Leases the block that holds <paramref name="bytes"/>, or a pooled copy when they stand elsewhere. False when that would take the pool's leased bytes above
    /// <see cref="BlockPool.LeaseLimit"/>.
    /// </summary>
    bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease);
}
