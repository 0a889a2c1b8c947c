using System;
using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// A <see cref="PipeReader"/> without a pipe: when its consumer asks, it reads straight from the source into a pooled pinned block. No task
/// copies in the background, and what is read is always one contiguous span.
/// </summary>
/// <remarks>
/// <para>How the block is used. While everything read is also consumed, the same bytes at the front of the same block are filled again and
/// again, and stay in the cache. When a frame straddles the end of the block, only its first part is moved to the front (or to a new block
/// when a lease still holds the old one). When a frame is larger than the block, the block is replaced by one of twice the size, as often
/// as bytes really arrive, never because a header says so; the parser above bounds it. It is given up as soon as that frame is consumed. A line with
/// nothing to read holds no block.</para>
/// <para>One reader at a time; <see cref="CancelPendingRead"/> may come from any thread. A read allocates nothing.</para>
/// </remarks>
internal abstract partial class BlockPipeReader(Uri address, BlockPool pool, ArrivalClock? arrivals = null) : PipeReader, ILeaseSource, IArrivalInput
{
    /// <summary>Made by the first lease of a message that was put together; few lines have one.</summary>
    private CopyingLeaseSource? _copies;
    private PinnedBlock? _block;
    private int _start;
    private int _end;
    private int _examined;
    private bool _endOfStream;
    private bool _readerCompleted;
    private volatile bool _cancelRequested;

    public long LastArrival => arrivals?.LastArrival ?? 0;

    /// <summary>A block with less free space than this is not read into: a read call should bring many frames.</summary>
    private int MinimumRoom => pool.BlockSize / 4;

    public sealed override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        // Asked first: on a stream that never pauses, a read would otherwise always find data and never the cancellation.
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        return TryRead(out ReadResult result) ? new ValueTask<ReadResult>(result) : WaitAsync(cancellationToken);
    }

    public sealed override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_readerCompleted, this);
        if (_cancelRequested)
        {
            _cancelRequested = false;
            result = Result(isCanceled: true);
            return true;
        }

        if (_examined < _end || _endOfStream)
        {
            result = Result();
            return true;
        }

        if (_block is not null)
        {
            PrepareRoom();
            if (TryReceive(Room.Span, out int count))
            {
                Received(count);
                result = Result();
                return true;
            }
        }

        result = default;
        return false;
    }

    public sealed override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public sealed override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (consumed.GetObject() is not null)
        {
            int index = IndexOf(consumed);
            if (index < _start || index > _end)
            {
                throw new ArgumentOutOfRangeException(nameof(consumed), "The position does not lie in the buffer that was read.");
            }

            _start = index;
            _examined = index;
        }

        if (examined.GetObject() is not null)
        {
            _examined = Math.Max(_start, IndexOf(examined));
        }
    }

    public sealed override void CancelPendingRead()
    {
        _cancelRequested = true;

        // The flag must be out before the source is looked at; a volatile write may still be on its way when a later read is done.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _wakeUp)?.Cancel();
    }

    public sealed override void Complete(Exception? exception = null)
    {
        _readerCompleted = true;
        ReleaseBlock();
        _copies?.Trim();

        // The source is not disposed: it has no timer and no handle, and a late CancelPendingRead from another thread must do no harm.
    }

    public bool TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) =>
        _block is not null && _block.Holds(bytes) ? _block.TryLease(bytes, out lease) : (_copies ??= new CopyingLeaseSource(pool)).TryLease(bytes, out lease);

    /// <summary>Reads what is there without waiting. False when there is nothing yet; true with 0 at the end of the stream.</summary>
    protected abstract bool TryReceive(Span<byte> room, out int count);

    /// <summary>Waits until there is something to read, without holding a buffer. The count it gives means nothing.</summary>
    protected abstract ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken);

    /// <summary>Whether a read that has to wait inside a message, where the block stays anyway, asks for bytes at once instead of waiting without it first.</summary>
    protected virtual bool ReadsOnInsideMessage => false;

    /// <summary>Reads at least a byte; 0 at the end of the stream.</summary>
    protected abstract ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken);

    /// <summary>What a failed read is told as.</summary>
    protected NetworkException Failure(Exception cause) => SocketFailure.WhileReading(address, cause);

    /// <summary>Makes room and gives it, for a subclass that reads on its own.</summary>
    protected Memory<byte> NextRoom()
    {
        PrepareRoom();
        return Room;
    }

    /// <summary>Takes over what a subclass has read into <see cref="NextRoom"/>; 0 is the end of the stream.</summary>
    protected ReadResult Filled(int count)
    {
        Received(count);
        return Result();
    }

    /// <summary>
    /// Lets go of the block when nothing unread is in it, as the next read that has to wait would: for who knows that some time passes until then. Between two reads only.
    /// </summary>
    public void ReleaseIfEmpty()
    {
        if (_start == _end)
        {
            ReleaseBlock();
        }
    }

    private Memory<byte> Room => MemoryMarshal.CreateFromPinnedArray(_block!.Array, _end, _block.Array.Length - _end);

    private void Received(int count)
    {
        Debug.Assert(_block is not null && count <= _block.Array.Length - _end, "more was received than there was room for");
        _end += count;
        _endOfStream = count == 0;
    }

    private ReadResult Result(bool isCanceled = false) =>
        new(_block is null ? default : new ReadOnlySequence<byte>(_block.Array, _start, _end - _start), isCanceled, _endOfStream);

    private void PrepareRoom()
    {
        if (_block is null)
        {
            Place(pool.Rent(), 0);
            return;
        }

        int unread = _end - _start;
        int size = _block.Array.Length;
        bool standard = size == pool.BlockSize;
        if (unread == 0 && standard && _block.TryReclaim())
        {
            _start = _end = _examined = 0;
        }
        else if (size - _end < MinimumRoom || (unread == 0 && !standard))
        {
            Move(unread, size);
        }
    }

    /// <summary>Makes room by moving the unread bytes to the front of this block, or of a new one.</summary>
    private void Move(int unread, int size)
    {
        PinnedBlock block = _block!;
        bool fitsStandard = unread <= pool.BlockSize - MinimumRoom;
        bool stays = block.TryReclaim() && (fitsStandard ? size == pool.BlockSize : unread <= size / 2);
        PinnedBlock target = stays ? block : pool.Rent(fitsStandard ? pool.BlockSize : Math.Max(size, LargerSize(unread)));
        block.Array.AsSpan(_start, unread).CopyTo(target.Array);
        if (!stays)
        {
            block.Release();
        }

        Place(target, unread);
    }

    /// <summary>
    /// Twice the unread bytes, or the longest array there is: the largest limit of a message is 1 GiB, and that and its header doubled is more than an array
    /// holds. A parser that keeps no limit and lets even that fill up is told that this is the end.
    /// </summary>
    internal int LargerSize(int unread) => Array.MaxLength - unread >= MinimumRoom
        ? (int)Math.Min(2L * unread, Array.MaxLength)
        : throw new NetworkException(address, $"the connection was given up: {unread} bytes of one message are more than can be held");

    private void Place(PinnedBlock block, int unread)
    {
        _block = block;
        _start = 0;
        _end = unread;
        _examined = unread;
    }

    private void ReleaseBlock()
    {
        _block?.Release();
        _block = null;
        _start = _end = _examined = 0;
    }

    /// <summary>A position of an array-backed sequence carries the index in the low 31 bits; the top bit marks the end.</summary>
    private static int IndexOf(SequencePosition position) => position.GetInteger() & int.MaxValue;
}
