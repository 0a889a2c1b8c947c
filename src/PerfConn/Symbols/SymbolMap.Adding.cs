using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace PerfConn.Symbols;

/// <content>Adding and growing: the first sight of a symbol.</content>
public sealed partial class SymbolMap
{
    /// <summary>A shard grows when more than 5/8 of its slots are claimed: hits then probe 1.8 slots on average, and misses 4.</summary>
    private static bool IsCrowded(int claimed, int slots) => (long)claimed * 8 > (long)slots * 5;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SymbolId Add(ReadOnlySpan<byte> symbol)
    {
        // Asked before a slot is claimed: a full map must not fill its tables with symbols that never get an id.
        if ((uint)(symbol.Length - 1) >= MaxSymbolLength || _directory.IsFull)
        {
            return SymbolId.None;
        }

        var key = new SymbolKey(symbol, _hasher, _ignoreCase);
        ref SymbolSlot[] shard = ref ShardOf(key.Hash);
        SymbolEntry? mine = null;
        while (true)
        {
            SymbolSlot[] slots = Volatile.Read(ref shard);
            SymbolEntry? entry = ClaimOrFind(slots, key, ref mine);
            if (entry is not null)
            {
                return new SymbolId(entry.Id);
            }

            // Frozen by a growing thread, or full to the last slot: build the next table (or find it built) and start again there.
            Grow(ref shard, slots);
        }
    }

    /// <summary>
    /// Finds the symbol's entry in this table or claims the first free slot for it. All adds of one symbol walk the same slots, and no slot becomes free
    /// again, so they meet in the same one.
    /// </summary>
    /// <returns>The entry with its id given (or -1 when the map is full), or null when this table takes no more.</returns>
    private SymbolEntry? ClaimOrFind(SymbolSlot[] slots, scoped in SymbolKey key, ref SymbolEntry? mine)
    {
        ulong mask = (ulong)slots.Length - 1;
        for (ulong probe = 0; probe <= mask; probe++)
        {
            ref SymbolSlot slot = ref slots[(int)((key.Hash + probe) & mask)];
            SymbolEntry? entry = Volatile.Read(ref slot.Entry);
            bool claimed = false;
            if (entry is null)
            {
                mine ??= new SymbolEntry(key.ToCanonical(), key.Low, key.High, key.Hash);
                entry = Interlocked.CompareExchange(ref slot.Entry, mine, null);
                claimed = entry is null;
                entry ??= mine;
            }

            if (ReferenceEquals(entry, SymbolEntry.Frozen))
            {
                return null;
            }

            if (claimed || key.Matches(entry))
            {
                if (_directory.Assign(entry) >= 0)
                {
                    slot.Publish(entry);
                }

                if (claimed)
                {
                    CountClaim(slots, key.Hash);
                }

                return entry;
            }
        }

        return null;
    }

    private void CountClaim(SymbolSlot[] slots, ulong hash)
    {
        int shardIndex = (int)(hash >> (64 - ShardBits));
        if (IsCrowded(Interlocked.Increment(ref _claimed[shardIndex]), slots.Length))
        {
            Grow(ref ShardOf(hash), slots);
        }
    }

    /// <summary>
    /// Replaces a table by one of twice the size. First every free slot is frozen, after which the set of entries in it cannot change; then they
    /// are copied, with their ids; then the new table is published. Readers use the old one meanwhile. Threads that grow the same shard at
    /// the same time build the same thing, and one of them publishes.
    /// </summary>
    private void Grow(ref SymbolSlot[] shard, SymbolSlot[] old)
    {
        if (!ReferenceEquals(Volatile.Read(ref shard), old))
        {
            return;
        }

        var larger = new SymbolSlot[old.Length * 2];
        Debug.Assert(BitOperations.IsPow2(larger.Length), "the mask needs a power of two");
        foreach (ref SymbolSlot slot in old.AsSpan())
        {
            SymbolEntry? entry = Interlocked.CompareExchange(ref slot.Entry, SymbolEntry.Frozen, null);

            // An entry without id met a full map: it will never have one, and is left behind.
            if (entry is not null && !ReferenceEquals(entry, SymbolEntry.Frozen) && _directory.Assign(entry) >= 0)
            {
                Insert(larger, entry);
            }
        }

        Interlocked.CompareExchange(ref shard, larger, old);
    }

    /// <summary>Inserts into a table that no other thread sees yet.</summary>
    private static void Insert(SymbolSlot[] slots, SymbolEntry entry)
    {
        ulong mask = (ulong)slots.Length - 1;
        ulong index = entry.Hash & mask;
        while (slots[(int)index].Entry is not null)
        {
            index = (index + 1) & mask;
        }

        slots[(int)index].Entry = entry;
        slots[(int)index].Publish(entry);
    }

    /// <summary>Longest way from a symbol's home slot to its place: what a flood of chosen symbols would drive up. For tests.</summary>
    internal int LongestProbe()
    {
        int longest = 0;
        for (int shard = 0; shard < ShardCount; shard++)
        {
            SymbolSlot[] slots = _shards[shard];
            for (int i = 0; i < slots.Length; i++)
            {
                if (slots[i].Meta != 0)
                {
                    int home = (int)(slots[i].Entry!.Hash & ((ulong)slots.Length - 1));
                    longest = Math.Max(longest, (i - home) & (slots.Length - 1));
                }
            }
        }

        return longest;
    }
}
