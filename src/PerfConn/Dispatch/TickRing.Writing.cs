using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;

namespace PerfConn.Dispatch;

/// <content>The writer's side: one thread at a time.</content>
internal sealed partial class TickRing
{
    /// <summary>Writes a tick; false when there is no room, or no lease to be had.</summary>
    public bool TryWrite(in Tick tick, in StreamMark mark)
    {
        if (_writer.Tail >= _writer.Limit && !TryMakeRoom())
        {
            return false;
        }

        ReadOnlySpan<byte> payload = tick.Payload;
        ref byte place = ref PlaceAt(_writer.Place);
        ref LaneSlotHeader header = ref HeaderOf(ref place);
        if (payload.Length <= _copyLimit)
        {
            header.Kind = LaneSlotKind.Copied;
            header.Length = (ushort)payload.Length;
            Unsafe.CopyBlockUnaligned(
                ref Unsafe.Add(ref place, LaneSlotHeader.Size), ref MemoryMarshal.GetReference(payload), (uint)payload.Length);
        }
        else if (!TryLease(in tick, ref header))
        {
            return false;
        }

        header.Timestamp = tick.ReceiveTimestamp;
        header.Symbol = tick.Symbol.Value;
        header.Mark = mark;
        header.Channel = tick.Channel.Value;
        Publish();
        return true;
    }

    /// <summary>Writes a gap marker; false when there is no room.</summary>
    public bool TryWrite(in Gap gap, in StreamMark mark)
    {
        if (_writer.Tail >= _writer.Limit && !TryMakeRoom())
        {
            return false;
        }

        ref byte place = ref PlaceAt(_writer.Place);
        ref LaneSlotHeader header = ref HeaderOf(ref place);
        header.Kind = LaneSlotKind.Gap;
        header.Length = (ushort)Unsafe.SizeOf<LaneGapBody>();
        header.Timestamp = gap.NextTimestamp;
        header.Symbol = gap.Symbol.Value;
        header.Mark = mark;
        header.Channel = gap.Channel.Value;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref place, LaneSlotHeader.Size), new LaneGapBody(in gap));
        Publish();
        return true;
    }

    /// <summary>Whether there is room without dropping anything.</summary>
    public bool HasRoom()
    {
        if (_writer.Tail < _writer.Limit)
        {
            return true;
        }

        long head = Volatile.Read(ref _reader.Head);
        SetLimit(head);
        return _writer.Tail < _writer.Limit;
    }

    /// <summary>Whether so much room is free that it is worth waking a writer for; asked by the reader.</summary>
    public bool IsHalfEmpty => Volatile.Read(ref _writer.Tail) - Volatile.Read(ref _reader.Head) <= _capacity / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish()
    {
        int next = _writer.Place + 1;
        _writer.Place = next == _places ? 0 : next;
        Volatile.Write(ref _writer.Tail, _writer.Tail + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryLease(in Tick tick, ref LaneSlotHeader header)
    {
        if (!tick.TryLease(out _leases[_writer.Place]))
        {
            return false;
        }

        header.Kind = LaneSlotKind.Leased;
        header.Length = 0;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryMakeRoom()
    {
        if (HasRoom())
        {
            return true;
        }

        return _dropsOldest && TryDropOldest();
    }

    private bool TryDropOldest()
    {
        long tail = _writer.Tail;
        long head = Volatile.Read(ref _reader.Head);
        while (tail - head >= _capacity)
        {
            long end = head + _run;
            long seen = Interlocked.CompareExchange(ref _reader.Head, end, head);
            if (seen == head)
            {
                Drop(head);
                head = end;
                break;
            }

            head = seen;
        }

        SetLimit(head);
        return tail < _writer.Limit;
    }

    /// <summary>Head has been read, or moved, before held is: see the class.</summary>
    private void SetLimit(long head)
    {
        long held = Volatile.Read(ref _reader.Held);
        long limit = head + _capacity;
        _writer.Limit = held == long.MaxValue ? limit : Math.Min(limit, held + _places);
    }

    private void Drop(long start)
    {
        int place = (int)((ulong)start % (ulong)_places);
        int ticks = 0;
        for (int i = 0; i < _run; i++)
        {
            LaneSlotKind kind = HeaderOf(ref PlaceAt(place)).Kind;
            ticks += kind == LaneSlotKind.Gap ? 0 : 1;
            if (kind == LaneSlotKind.Leased)
            {
                _leases[place].Dispose();
                _leases[place] = default;
            }

            place = place + 1 == _places ? 0 : place + 1;
        }

        Volatile.Write(ref _writer.Dropped, _writer.Dropped + ticks);
    }
}
