using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Buffers;

namespace PerfConn.Dispatch;

/// <content>The reader's side: one thread at a time.</content>
internal sealed partial class TickRing
{
    /// <summary>Takes up to a batch of what waits, oldest first, and gives how many; they stand in <see cref="BatchAt"/> until the next call.</summary>
    public int TakeBatch()
    {
        int count = Claim();
        if (count > 0)
        {
            CopyClaimed(count);
        }

        return count;
    }

    /// <summary>The first half of taking: makes places the reader's. Until they have been copied the writer keeps off them.</summary>
    internal int Claim()
    {
        long head = Volatile.Read(ref _reader.Head);
        while (true)
        {
            if (head >= _reader.Tail)
            {
                _reader.Tail = Volatile.Read(ref _writer.Tail);
                if (head >= _reader.Tail)
                {
                    if (_reader.Held != long.MaxValue)
                    {
                        // Only when the writer dropped all that there was while this was at it.
                        Volatile.Write(ref _reader.Held, long.MaxValue);
                    }

                    return 0;
                }
            }

            int count = (int)long.Min(_reader.Tail - head, _maxBatch);
            _reader.Held = head;
            long seen = Interlocked.CompareExchange(ref _reader.Head, head + count, head);
            if (seen == head)
            {
                return count;
            }

            head = seen;
        }
    }

    /// <summary>The second half: copies them out, and gives the places back.</summary>
    internal void CopyClaimed(int count)
    {
        long start = _reader.Held;
        int place = start == _reader.Next ? _reader.NextPlace : (int)((ulong)start % (ulong)_places);
        for (int i = 0; i < count; i++)
        {
            ref byte from = ref PlaceAt(place);
            ref LaneSlotHeader header = ref HeaderOf(ref from);
            Unsafe.CopyBlockUnaligned(
                ref Unsafe.As<LaneSlotHeader, byte>(ref BatchAt(i)), ref from, (uint)(LaneSlotHeader.Size + header.Length));
            if (header.Kind == LaneSlotKind.Leased)
            {
                _batchLeases[i] = _leases[place];
                _leases[place] = default;
            }

            place = place + 1 == _places ? 0 : place + 1;
        }

        _reader.Next = start + count;
        _reader.NextPlace = place;
        Volatile.Write(ref _reader.Held, long.MaxValue);
    }

    /// <summary>Whether the last batch was all that there was, as far as the reader knows without looking at the writer's side again.</summary>
    public bool IsKnownEmpty => _reader.Next >= _reader.Tail;

    /// <summary>Header and payload of one of the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref LaneSlotHeader BatchAt(int index)
    {
        Debug.Assert((uint)index < (uint)_maxBatch, "one of the batch");
        return ref HeaderOf(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_batch), (nint)index * _stride));
    }

    /// <summary>The lease of one of the batch, for those that are leased.</summary>
    public ref FrameLease LeaseAt(int index) => ref _batchLeases[index];
}
