using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;
using PerfConn.Sequencing;

namespace PerfConn.Dispatch;

/// <summary>The lane that keeps the newest tick of each stream.</summary>
/// <remarks>
/// <para>Each stream has a cell, writer and reader have one spare cell each. The writer fills its spare and exchanges it for the stream's: what it gets back is its next spare. If that one was full, its
/// tick has been conflated, and the stream is already in the queue; if it was empty, the stream goes to the queue's end. The reader takes the first stream, exchanges its
/// empty spare for the stream's cell, and delivers from it in place. Each exchange succeeds at once, whatever the other side does: a reader never sees half a tick, and
/// neither side ever waits.</para>
/// <para>Why each stream is queued at most once and none is forgotten. A stream's cell goes from empty to full only by the writer, who then queues it; from full to empty only
/// by the reader, who then has just taken it out of the queue. So full means queued once, or about to be.</para>
/// </remarks>
internal sealed class ConflatingLane<THandler> : Lane, ILeaseSource
    where THandler : ITickHandler
{
    private const int Batch = 32;

    private readonly StreamTable<ConflatedStream?> _streams = new();
    private readonly DueQueue _due = new();
    private readonly FaultObserver _faults;
    private readonly int _copyLimit;

    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private LaneCell _writerCell;
    private LaneCell _readerCell;
    private int _count;

    public ConflatingLane(THandler handler, in Delivery delivery, FaultObserver faults, CancellationToken closing)
        : base(in delivery, closing)
    {
        _handler = handler;
        _faults = faults;
        _copyLimit = delivery.CopyLimit;
        _writerCell = new LaneCell(_copyLimit);
        _readerCell = new LaneCell(_copyLimit);
    }

    private protected override bool IsEmpty => _due.IsEmpty;

    /// <summary>A handler on the lane keeps the tick it is handling: one more reference on the same block, or a copy of what was copied.</summary>
    bool ILeaseSource.TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) => _readerCell.Lease.TryLeaseAgain(bytes, out lease);

    private protected override void Write(in Tick tick)
    {
        Volatile.Write(ref Flags.Sent, Flags.Sent + 1);
        ConflatedStream stream = _streams.At(tick.Symbol, tick.Channel) ?? Add(in tick);
        stream.Ticks++;
        LaneCell cell = _writerCell;
        ReadOnlySpan<byte> payload = tick.Payload;
        if (payload.Length <= _copyLimit)
        {
            cell.Length = payload.Length;
            Unsafe.CopyBlockUnaligned(
                ref MemoryMarshal.GetArrayDataReference(cell.Bytes), ref MemoryMarshal.GetReference(payload), (uint)payload.Length);
        }
        else if (!TryLease(in tick, cell))
        {
            stream.Dropped++;
            Volatile.Write(ref Flags.Refused, Flags.Refused + 1);
            return;
        }

        cell.IsFull = true;
        cell.Timestamp = tick.ReceiveTimestamp;
        cell.Ticks = stream.Ticks;
        cell.Dropped = stream.Dropped;
        if (!ReferenceEquals(cell.Gap, stream.Gap))
        {
            cell.Gap = stream.Gap;
        }

        cell = Interlocked.Exchange(ref stream.Cell, cell);
        if (cell.IsFull)
        {
            Volatile.Write(ref Flags.Conflated, Flags.Conflated + 1);
            cell.Clear();
        }
        else
        {
            _due.Enqueue(stream);
        }

        _writerCell = cell;
    }

    private protected override void Write(in Gap gap)
    {
        ConflatedStream stream = _streams.At(gap.Symbol, gap.Channel) ?? Add(new Tick(gap.Symbol, gap.Channel, default, 0));
        stream.Gap = new LaneGap(gap, (stream.Gap?.Number ?? 0) + 1);
    }

    private protected override Drained Drain()
    {
        int taken = 0;
        for (; taken < Batch && _due.TryDequeue(out ConflatedStream stream); taken++)
        {
            _readerCell = Interlocked.Exchange(ref stream.Cell, _readerCell);
            Deliver(stream, _readerCell);
            _readerCell.Clear();
        }

        return taken == Batch ? Drained.Part : taken > 0 ? Drained.All : Drained.Nothing;
    }

    private void Deliver(ConflatedStream stream, LaneCell cell)
    {
        uint ticks = cell.Ticks - stream.SeenTicks - 1;
        uint dropped = cell.Dropped - stream.SeenDropped;
        long lastTimestamp = stream.LastTimestamp;
        int gaps = stream.SeenGaps;
        stream.SeenTicks = cell.Ticks;
        stream.SeenDropped = cell.Dropped;
        stream.SeenGaps = cell.Gap?.Number ?? 0;
        stream.LastTimestamp = cell.Timestamp;
        Volatile.Write(ref Flags.Delivered, Flags.Delivered + 1);
        try
        {
            if (dropped > 0)
            {
                Announce(new Gap(stream.Symbol, stream.Channel, GapCause.SlowConsumer, lastTimestamp, cell.Timestamp, dropped));
            }

            if (stream.SeenGaps != gaps)
            {
                AnnounceGap(cell.Gap!, stream.SeenGaps - gaps, lastTimestamp);
            }

            _handler.OnTick(new Tick(stream.Symbol, stream.Channel, cell.Payload, cell.Timestamp, this, (int)(ticks - dropped)));
        }
        catch (Exception e)
        {
            _faults.OnHandlerFault(e);
        }
    }

    /// <summary>One marker goes as it came. Several become one, from the tick delivered last to the next, of which nobody knows what it lost.</summary>
    private void AnnounceGap(LaneGap gap, int count, long lastTimestamp) =>
        Announce(count == 1 ? gap.Marker : gap.Marker with { LastTimestamp = lastTimestamp, Lost = -1, LastSequence = -1 });

    /// <summary>A handler that throws at a marker costs that marker, and not the tick or the marker behind it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Announce(in Gap gap)
    {
        try
        {
            _handler.OnGap(in gap);
        }
        catch (Exception e)
        {
            _faults.OnHandlerFault(e);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryLease(in Tick tick, LaneCell cell)
    {
        if (!tick.TryLease(out cell.Lease))
        {
            return false;
        }

        cell.Length = -1;
        return true;
    }

    /// <summary>A stream's first tick: the only one that allocates.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ConflatedStream Add(in Tick tick)
    {
        var stream = new ConflatedStream(tick.Symbol, tick.Channel, new LaneCell(_copyLimit));
        _due.EnsureCapacity(++_count);
        _streams.At(tick.Symbol, tick.Channel) = stream;
        return stream;
    }
}
