using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Extensions.ObjectPool;

namespace PerfConn.Buffers;

/// <summary>
/// The pool of pinned receive blocks. Blocks of the standard size are kept and reused; a larger one, for a frame that does not fit,
/// is made to measure and left to the garbage collector afterwards.
/// </summary>
/// <remarks>Thread-safe. A rent and a return of a pooled block allocate nothing. See <see cref="TracksLeases"/> for finding what was leaked.</remarks>
public sealed class BlockPool
{
    /// <summary>
    /// Standard block size in bytes: 256 KiB, some 2,400 book tickers a read. A full line read 13.7-14.7 M messages a second with blocks of 16 KiB, 17.3-18.3 with
    /// 64 KiB and 19.7-20.0 with 256 KiB (lab, Thread, raw bookTicker); beyond that a block crowds the second-level cache.
    /// </summary>
    public const int DefaultBlockSize = 256 * 1024;

    /// <summary>
    /// Default of <see cref="LeaseLimit"/> in bytes: 256 MiB, 1,024 standard blocks, or some 2.4 million book tickers that wait for somebody.
    /// </summary>
    public const long DefaultLeaseLimit = 256L * 1024 * 1024;

    private const string TrackingSwitch = "PerfConn.TrackLeases";

    private readonly DefaultObjectPool<PinnedBlock> _blocks;
    private long _outstandingBytes;
    private long _leasedBytes;
    private int _outstanding;

    /// <summary>Makes a pool.</summary>
    /// <param name="blockSize">Size of a standard block in bytes, at least 4,096.</param>
    /// <param name="maximumRetained">How many free blocks are kept at most.</param>
    /// <param name="leaseLimit">Most bytes of blocks that leases may hold; from 0.</param>
    public BlockPool(int blockSize = DefaultBlockSize, int maximumRetained = 64, long leaseLimit = DefaultLeaseLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 4096);
        ArgumentOutOfRangeException.ThrowIfNegative(leaseLimit);
        LeaseLimit = leaseLimit;
        TracksLeases = TracksByDefault;
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

    /// <summary>
    /// Most bytes of blocks that leases may hold. A lease that would need another block above that is refused: a lane drops the tick, counts it and puts a gap marker in its place;
    /// <c>Tick.TryLease</c> says no. Blocks that lines receive into do not count until something in them is leased, so what is outstanding never exceeds this and one block for each
    /// line. Default: 256 MiB.
    /// </summary>
    public long LeaseLimit { get; }

    /// <summary>Bytes of blocks that leases hold now; a block counts whole, and once.</summary>
    public long LeasedBytes => Volatile.Read(ref _leasedBytes);

    /// <summary>
    /// Whether each lease is known by itself: a second release is noticed at once, <see cref="OutstandingLeases"/> tells where leaked ones were taken, and returned blocks are overwritten.
    /// Costs a lock and a stack trace for each lease. Default: on in DEBUG builds and where the runtime setting <c>PerfConn.TrackLeases</c> is true, off otherwise.
    /// </summary>
    public bool TracksLeases
    {
        get => Tracker is not null;
        init => Tracker = value ? new LeaseTracker() : null;
    }

    /// <summary>Leases taken and not released, with the place where they were taken; empty when they are not tracked.</summary>
    public IReadOnlyList<LeaseRecord> OutstandingLeases => Tracker?.Outstanding ?? [];

    internal LeaseTracker? Tracker { get; private init; }

    private static bool TracksByDefault
    {
        get
        {
#if DEBUG
            const bool IsDebug = true;
#else
            const bool IsDebug = false;
#endif
            return AppContext.TryGetSwitch(TrackingSwitch, out bool isOn) ? isOn : IsDebug;
        }
    }

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
        if (TracksLeases)
        {
            // Late readers of a returned block see nonsense instead of yesterday's prices (RELIABILITY B84).
            block.Array.AsSpan().Fill(0xDD);
        }

        if (block.Array.Length == BlockSize)
        {
            _blocks.Return(block);
        }
    }

    /// <summary>Counts a block as leased; false when the limit does not allow it.</summary>
    internal bool TryReserve(int size)
    {
        long leased = Volatile.Read(ref _leasedBytes);
        while (leased + size <= LeaseLimit)
        {
            long seen = Interlocked.CompareExchange(ref _leasedBytes, leased + size, leased);
            if (seen == leased)
            {
                return true;
            }

            leased = seen;
        }

        return false;
    }

    internal void Unreserve(int size) => Interlocked.Add(ref _leasedBytes, -size);

    private sealed class Policy(BlockPool pool) : PooledObjectPolicy<PinnedBlock>
    {
        private PinnedBlock? _second;

        /// <summary>
        /// Blocks are made two at a time. The second is address space and no more until somebody reads into it, and it is there when a line that rotates needs one beside
        /// all others, or a lease keeps one: at the busiest moment, when 256 KiB made anew may bring a collection.
        /// </summary>
        public override PinnedBlock Create()
        {
            if (Interlocked.Exchange(ref _second, null) is { } second)
            {
                return second;
            }

            Volatile.Write(ref _second, new PinnedBlock(pool, pool.BlockSize));
            return new PinnedBlock(pool, pool.BlockSize);
        }

        public override bool Return(PinnedBlock obj) => true;
    }
}
