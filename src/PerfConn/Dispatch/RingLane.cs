using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>The lane of the policies that keep every tick's place: a ring of ticks and gap markers, in the order in which they were sent.</summary>
internal sealed partial class RingLane<THandler> : Lane, ILeaseSource
    where THandler : ITickHandler
{
    private readonly TickRing _ring;
    private readonly StreamTable<StreamMark> _marks = new();
    private readonly StreamTable<StreamSeen> _seen = new();
    private readonly FaultObserver _faults;
    private readonly LanePolicy _policy;

    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private FrameLease _current;

    public RingLane(THandler handler, in Delivery delivery, FaultObserver faults, CancellationToken closing)
        : base(in delivery, closing)
    {
        _handler = handler;
        _faults = faults;
        _policy = delivery.Policy;
        _waitLimit = delivery.WaitLimit;
        _room = _policy == LanePolicy.Wait ? new ManualResetEventSlim(initialState: false, spinCount: 0) : null;
        _ring = new TickRing(delivery.LaneCapacity, delivery.CopyLimit, _policy == LanePolicy.DropOldest);
    }

    private protected override bool IsEmpty => _ring.IsEmpty;

    private protected override long DroppedInside => _ring.Dropped;

    /// <summary>A handler on the lane keeps the tick it is handling: one more reference on the same block, or a copy of what was copied.</summary>
    bool ILeaseSource.TryLease(ReadOnlySpan<byte> bytes, out FrameLease lease) => _current.TryLeaseAgain(bytes, out lease);

    private protected override void Write(in Tick tick)
    {
        Volatile.Write(ref Flags.Sent, Flags.Sent + 1);
        ref StreamMark mark = ref _marks.At(tick.Symbol, tick.Channel);
        mark.Ticks++;
        if (!_ring.TryWrite(in tick, in mark) && !(WaitForRoom() && _ring.TryWrite(in tick, in mark)))
        {
            Volatile.Write(ref Flags.Refused, Flags.Refused + 1);
        }
    }

    private protected override void Write(in Gap gap)
    {
        ref StreamMark mark = ref _marks.At(gap.Symbol, gap.Channel);
        mark.Gaps++;
        mark.Cause = (byte)gap.Cause;
        if (!_ring.TryWrite(in gap, in mark) && WaitForRoom())
        {
            // If it has no place even now, the stream's next tick shows that a marker is missing.
            _ring.TryWrite(in gap, in mark);
        }
    }

    private protected override Drained Drain()
    {
        int count = _ring.TakeBatch();
        if (count == 0)
        {
            return Drained.Nothing;
        }

        if (_room is not null && Volatile.Read(ref Flags.WriterParked) != 0 && _ring.IsHalfEmpty)
        {
            WakeWriter();
        }

        for (int i = 0; i < count; i++)
        {
            ref LaneSlotHeader header = ref _ring.BatchAt(i);
            if (header.Kind == LaneSlotKind.Leased)
            {
                DeliverLeased(ref header, ref _ring.LeaseAt(i));
            }
            else
            {
                Deliver(ref header, MemoryMarshal.CreateReadOnlySpan(
                    ref Unsafe.Add(ref Unsafe.As<LaneSlotHeader, byte>(ref header), LaneSlotHeader.Size), header.Length));
            }
        }

        return _ring.IsKnownEmpty ? Drained.All : Drained.Part;
    }

    private void DeliverLeased(ref LaneSlotHeader header, ref FrameLease lease)
    {
        _current = lease;
        lease = default;
        try
        {
            Deliver(ref header, _current.Span);
        }
        finally
        {
            _current.Dispose();
            _current = default;
        }
    }

    private void Deliver(ref LaneSlotHeader header, ReadOnlySpan<byte> payload)
    {
        var symbol = new SymbolId(header.Symbol);
        var channel = new TickChannel(header.Channel);
        bool isTick = header.Kind != LaneSlotKind.Gap;
        try
        {
            ref StreamSeen seen = ref _seen.At(symbol, channel);
            StreamMark last = seen.Mark;
            long lastTimestamp = seen.LastTimestamp;
            seen.Mark = header.Mark;
            if (isTick)
            {
                seen.LastTimestamp = header.Timestamp;
                Volatile.Write(ref Flags.Delivered, Flags.Delivered + 1);
                if (header.Mark.Ticks - last.Ticks != 1 || header.Mark.Gaps != last.Gaps)
                {
                    AnnounceHole(ref header, last, lastTimestamp);
                }

                _handler.OnTick(new Tick(symbol, channel, payload, header.Timestamp, this));
            }
            else
            {
                if (header.Mark.Ticks != last.Ticks || (ushort)(header.Mark.Gaps - last.Gaps) != 1)
                {
                    AnnounceHole(ref header, last, lastTimestamp);
                }

                _handler.OnGap(Unsafe.ReadUnaligned<LaneGapBody>(ref MemoryMarshal.GetReference(payload)).ToGap(symbol, channel, header.Timestamp));
            }
        }
        catch (Exception e)
        {
            _faults.OnHandlerFault(e);
        }
    }

    /// <summary>Something of this stream was dropped between what was delivered last and this.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AnnounceHole(ref LaneSlotHeader header, StreamMark last, long lastTimestamp)
    {
        var symbol = new SymbolId(header.Symbol);
        var channel = new TickChannel(header.Channel);
        bool isTick = header.Kind != LaneSlotKind.Gap;
        uint lost = header.Mark.Ticks - last.Ticks - (isTick ? 1u : 0u);
        if (lost > 0)
        {
            Announce(new Gap(symbol, channel, GapCause.SlowConsumer, lastTimestamp, header.Timestamp, lost));
        }

        // A gap marker tells of what this side could not know; one that was dropped itself is told again, as far as it can be.
        var markers = (ushort)(header.Mark.Gaps - last.Gaps - (isTick ? 0 : 1));
        if (markers > 0)
        {
            Announce(new Gap(symbol, channel, (GapCause)header.Mark.Cause, lastTimestamp, header.Timestamp, Lost: -1));
        }
    }

    /// <summary>A handler that throws at a marker costs that marker, and not the tick or the marker behind it.</summary>
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
}
