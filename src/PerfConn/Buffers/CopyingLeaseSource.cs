using System;
using System.Threading;

namespace PerfConn.Buffers;

/// <summary>
/// Leases by copying: for payloads whose memory cannot be leased (a foreign pipe, a message put together from fragments). Copies are
/// packed one after the other into pooled blocks, so a small payload does not hold a whole block of its own.
/// </summary>
/// <remarks>Thread-safe; one lock per copy, which only the slow kinds of source pay.</remarks>
internal sealed class CopyingLeaseSource(BlockPool pool) : ILeaseSource
{
    private readonly Lock _lock = new();
    private PinnedBlock? _block;
    private int _used;

    public static CopyingLeaseSource Shared { get; } = new(BlockPool.Shared);

    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease)
    {
        if (bytes.Length > pool.BlockSize)
        {
            return TryLeaseAlone(bytes, out lease);
        }

        lock (_lock)
        {
            if (_block is null || _block.Array.Length - _used < bytes.Length)
            {
                _block?.Release();
                _block = pool.Rent();
                _used = 0;
            }

            Span<byte> room = _block.Array.AsSpan(_used, bytes.Length);
            if (!_block.TryLease(room, out lease))
            {
                return false;
            }

            bytes.CopyTo(room);
            _used += bytes.Length;
            return true;
        }
    }

    /// <summary>A large copy's block is its own and goes with its lease; the block being filled stays the one for small copies.</summary>
    private bool TryLeaseAlone(ReadOnlySpan<byte> bytes, out FrameLease lease)
    {
        PinnedBlock block = pool.Rent(bytes.Length);
        bytes.CopyTo(block.Array);
        bool leased = block.TryLease(block.Array.AsSpan(0, bytes.Length), out lease);
        block.Release();
        return leased;
    }

    /// <summary>Gives up the block being filled; leases on it stay good.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            _block?.Release();
            _block = null;
        }
    }
}
