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

    public FrameLease Lease(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > pool.BlockSize)
        {
            return LeaseAlone(bytes);
        }

        lock (_lock)
        {
            if (_block is null || _block.Array.Length - _used < bytes.Length)
            {
                _block?.Release();
                _block = pool.Rent();
                _used = 0;
            }

            bytes.CopyTo(_block.Array.AsSpan(_used));
            _block.AddReference();
            var lease = new FrameLease(_block, _used, bytes.Length);
            _used += bytes.Length;
            return lease;
        }
    }

    /// <summary>A large copy's block is its own and goes with its lease; the block being filled stays the one for small copies.</summary>
    private FrameLease LeaseAlone(ReadOnlySpan<byte> bytes)
    {
        PinnedBlock block = pool.Rent(bytes.Length);
        bytes.CopyTo(block.Array);
        return new FrameLease(block, 0, bytes.Length);
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
