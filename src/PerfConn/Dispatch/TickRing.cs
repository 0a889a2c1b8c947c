using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;

namespace PerfConn.Dispatch;

/// <summary>
/// A bounded ring between one writer and one reader. A place holds a header and, up to a limit, the payload itself; larger payloads stand where they were received and are
/// leased. The writer may also take the oldest places back.
/// </summary>
/// <remarks>
/// <para>Why it is right. Positions count up for ever; position p stands in place p mod P, and there are more places (P) than the capacity (C) by at least a batch (B). What stands in
/// [head, tail) waits. Only the writer moves tail, after it has written; both move head, by compare-and-swap, so each position is taken exactly once: by the
/// reader, who delivers it, or by the writer, who drops it.</para>
/// <para>The reader copies what it takes, so that a handler may be slow without holding places. While it copies [h, h+n) it publishes held = h, before its
/// compare-and-swap. The writer never writes a position of held + P or above, nor of head + C or above. It reads head first, then held. If it saw the head that the reader's swap left, it sees held as
/// well (the swap is a full fence). If it did not, it saw some head of at most h, and h + C is below held + P. If it moved head itself, then either the reader's swap came before and held is seen,
/// or it comes later and takes from where the writer left off. So no place is written while it is being copied. When the reader is stopped in the middle of a copy and
/// P - C more ticks come, the new ones are dropped: the writer waits for nobody.</para>
/// <para>The reader copies at most B = C/16 (1 to 32) at once; the writer drops a run of C/64 (1 to 256): with runs of 1 a writer at full speed moved head so often that the
/// reader's swaps failed.</para>
/// </remarks>
internal sealed partial class TickRing
{
    private const int LineSize = 64;
    private const int MaxBatch = 32;
    private const int MaxRun = 256;

    private readonly byte[] _memory;
    private readonly nint _origin;
    private readonly FrameLease[] _leases;
    private readonly byte[] _batch;
    private readonly FrameLease[] _batchLeases;
    private readonly int _stride;
    private readonly int _places;
    private readonly int _capacity;
    private readonly int _copyLimit;
    private readonly int _maxBatch;
    private readonly int _run;
    private readonly bool _dropsOldest;
    private RingWriter _writer;
    private RingReader _reader;

    public TickRing(int capacity, int copyLimit, bool dropsOldest)
    {
        _capacity = capacity;
        _copyLimit = copyLimit;
        _dropsOldest = dropsOldest;
        _maxBatch = Math.Clamp(capacity / 16, 1, MaxBatch);
        _run = Math.Clamp(capacity / 64, 1, MaxRun);
        _places = checked(capacity + Math.Max(64, capacity / 16));
        _stride = (LaneSlotHeader.Size + Math.Max(copyLimit, Unsafe.SizeOf<LaneGapBody>()) + LineSize - 1) / LineSize * LineSize;

        // Places begin on a cache line: writer and reader then share a line only when they are at the same place.
        _memory = GC.AllocateUninitializedArray<byte>(checked((_places * _stride) + LineSize), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _origin = -address & (LineSize - 1);
        _leases = new FrameLease[_places];
        _batch = GC.AllocateUninitializedArray<byte>(_maxBatch * _stride, pinned: true);
        _batchLeases = new FrameLease[_maxBatch];
        _writer.Limit = capacity;
        _reader.Held = long.MaxValue;
    }

    /// <summary>Ticks that the writer has dropped to make room.</summary>
    public long Dropped => Volatile.Read(ref _writer.Dropped);

    /// <summary>Positions that wait, roughly: for whoever neither writes nor reads.</summary>
    public bool IsEmpty => Volatile.Read(ref _reader.Head) >= Volatile.Read(ref _writer.Tail);

    /// <summary>Most ticks that the reader takes at once.</summary>
    public int MaxBatchSize => _maxBatch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte PlaceAt(int place)
    {
        Debug.Assert((uint)place < (uint)_places, "a place of the ring");
        return ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_memory), _origin + ((nint)place * _stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref LaneSlotHeader HeaderOf(ref byte place) => ref Unsafe.As<byte, LaneSlotHeader>(ref place);
}
