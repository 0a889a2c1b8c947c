using System;
using System.Diagnostics;
using System.Threading;
using Microsoft.Extensions.ObjectPool;

namespace PerfConn.Buffers;

/// <summary>
/// The pool of pinned receive blocks. Blocks of the standard size are kept and reused; a larger one, for a frame that does not fit,
/// is made to measure and left to the garbage collector afterwards.
/// </summary>
/// <remarks>Thread-safe. A rent and a return of a pooled block allocate nothing. Blocks in DEBUG builds are poisoned on return.</remarks>
public sealed class BlockPool
{
    /// <summary>
    /// Standard block size in bytes: 256 KiB, some 2,400 book tickers a read. A full line read 13.7-14.7 M messages a second with blocks of 16 KiB, 17.3-18.3 with
    /// 64 KiB and 19.7-20.0 with 256 KiB (lab, Thread, raw bookTicker); beyond that a block crowds the second-level cache.
    /// </summary>
    public const int DefaultBlockSize = 256 * 1024;

    private readonly DefaultObjectPool<PinnedBlock> _blocks;
    private long _outstandingBytes;
    private int _outstanding;

    /// <summary>Makes a pool.</summary>
    /// <param name="blockSize">Size of a standard block in bytes, at least 4,096.</param>
    /// <param name="maximumRetained">How many free blocks are kept at most.</param>
    public BlockPool(int blockSize = DefaultBlockSize, int maximumRetained = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 4096);
        BlockSize = blockSize;
        _blocks = new DefaultObjectPool<PinnedBlock>(new Policy(this), maximumRetained);
    }

    /// <summary>The pool that transports use unless told otherwise.</summary>
    public static BlockPool Shared { get; } = new();

    /// <summary>Size of a standard block in bytes.</summary>
    public int BlockSize { get; }

    /// <summary>
    /// Blocks rented and not yet returned: 0 once all lines are closed and all leases released. Of <see cref="Shared"/> it may be one more, into
    /// which leases on memory that belongs to no line are copied.
    /// </summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Bytes in those blocks.</summary>
    public long OutstandingBytes => Volatile.Read(ref _outstandingBytes);

    /// <summary>Rents a block of at least <paramref name="minimumSize"/> bytes; its contents are whatever was there.</summary>
    internal PinnedBlock Rent(int minimumSize = 0)
    {
        PinnedBlock block = minimumSize <= BlockSize ? _blocks.Get() : new PinnedBlock(this, minimumSize);
        block.OnRented();
        Interlocked.Increment(ref _outstanding);
        Interlocked.Add(ref _outstandingBytes, block.Array.Length);
        return block;
    }

    internal void Return(PinnedBlock block)
    {
        Interlocked.Decrement(ref _outstanding);
        Interlocked.Add(ref _outstandingBytes, -block.Array.Length);
        Poison(block);
        if (block.Array.Length == BlockSize)
        {
            _blocks.Return(block);
        }
    }

    /// <summary>Late readers of a returned block see nonsense in DEBUG instead of yesterday's prices (RELIABILITY B84).</summary>
    [Conditional("DEBUG")]
    private static void Poison(PinnedBlock block) => block.Array.AsSpan().Fill(0xDD);

    private sealed class Policy(BlockPool pool) : PooledObjectPolicy<PinnedBlock>
    {
        public override PinnedBlock Create() => new(pool, pool.BlockSize);

        public override bool Return(PinnedBlock obj) => true;
    }
}
