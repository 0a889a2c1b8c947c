using System;
using PerfConn.Buffers;

namespace PerfConn.Tests.Dispatch;

/// <summary>Leases on one block, as a receive loop gives them on the block it reads into.</summary>
internal sealed class BlockSource(PinnedBlock block) : ILeaseSource
{
    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) => block.TryLease(bytes, out lease);
}
