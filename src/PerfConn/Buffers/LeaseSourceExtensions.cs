using System;

namespace PerfConn.Buffers;

/// <summary>Leases for those who cannot go on without.</summary>
public static class LeaseSourceExtensions
{
    /// <summary>As <see cref="ILeaseSource.TryLease"/>, for bytes that must be kept.</summary>
    /// <exception cref="LeaseLimitException">The pool's limit of leased bytes is reached.</exception>
    public static FrameLease Lease(this ILeaseSource source, ReadOnlySpan<byte> bytes) =>
        source.TryLease(bytes, out FrameLease lease) ? lease : throw new LeaseLimitException();
}
