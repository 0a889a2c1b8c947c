using System;

namespace PerfConn.Buffers;

/// <summary>
/// A lease was refused because blocks held by leases had reached <see cref="BlockPool.LeaseLimit"/>. Ask with <c>TryLease</c> where that is expected.
/// </summary>
public sealed class LeaseLimitException : InvalidOperationException
{
    /// <summary>Makes one.</summary>
    public LeaseLimitException()
        : base("No lease: the blocks held by leases have reached the pool's limit. Release leases sooner, or raise BlockPool.LeaseLimit.")
    {
    }
}
