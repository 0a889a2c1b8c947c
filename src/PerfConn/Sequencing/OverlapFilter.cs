using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <summary>
/// Tells ticks without numbers apart while two connections bring the same streams: what the old one delivers is counted by stream and payload, and as often as it was
/// delivered it is a repeat when the new one brings it.
/// </summary>
/// <remarks>
/// <para>
/// Identity is a seeded 64-bit hash of stream and bytes: among a million ticks two different ones meet with a chance of 3 in 10^8. Payloads that are the same and mean different
/// ticks (a price without time or number) are told apart by count only. If the new connection joined after the first of two and a third one follows while the overlap lasts, the third is
/// taken for the second; so an overlap should be short, and end when <see cref="Remaining"/> is 0, as it does by itself.
/// </para>
/// <para>
/// <see cref="Begin"/>, <see cref="BeginMatching"/> and <see cref="End"/> come from the control plane, the other two from the one receive loop that delivers. Memory: 16 bytes a
/// payload at half load, from <see cref="Begin"/> until the end, and never more than the limit.
/// </para>
/// </remarks>
internal sealed class OverlapFilter(ulong seed, int limit = OverlapFilter.DefaultLimit)
{
    /// <summary>Payloads remembered at most: 8 MiB.</summary>
    public const int DefaultLimit = 1 << 18;

    private const int FirstSize = 1024;

    private readonly SymbolHasher _hasher = new(seed);
    private Noted[]? _table;
    private OverlapPhase _phase;
    private int _used;
    private long _remaining;
    private bool _hasOverflowed;

    /// <summary>Whether an overlap is on; the one question that a tick asks at any other time.</summary>
    public bool IsOn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _phase != OverlapPhase.Off;
    }

    /// <summary>Deliveries of the old connection that the new one has not repeated.</summary>
    public long Remaining => Volatile.Read(ref _remaining);

    /// <summary>Whether more was delivered during this overlap than is remembered: the rest may be delivered twice.</summary>
    public bool HasOverflowed => Volatile.Read(ref _hasOverflowed);

    /// <summary>From here on deliveries are noted. Before the new connection subscribes to anything.</summary>
    public void Begin()
    {
        _used = 0;
        Volatile.Write(ref _remaining, 0);
        Volatile.Write(ref _hasOverflowed, false);
        Volatile.Write(ref _table, null);
        SetPhase(OverlapPhase.Noting);
    }

    /// <summary>From here on the new connection delivers. When nothing of the old one comes any more.</summary>
    public void BeginMatching() => SetPhase(_phase == OverlapPhase.Noting && _remaining > 0 ? OverlapPhase.Matching : OverlapPhase.Off);

    /// <summary>The overlap is over, whatever has not been repeated. Harmless without one.</summary>
    public void End()
    {
        SetPhase(OverlapPhase.Off);
        Volatile.Write(ref _table, null);
        Volatile.Write(ref _remaining, 0);
    }

    /// <summary>What the pipeline does with a tick while an overlap is on. True when it is not to be delivered.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Take(SymbolId symbol, TickChannel channel, ReadOnlySpan<byte> payload)
    {
        if (_phase == OverlapPhase.Matching)
        {
            return IsRepeat(symbol, channel, payload);
        }

        NoteDelivered(symbol, channel, payload);
        return false;
    }

    /// <summary>The old connection's tick is being delivered.</summary>
    public void NoteDelivered(SymbolId symbol, TickChannel channel, ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref _table) is not { } table)
        {
            if (_phase == OverlapPhase.Off)
            {
                return;
            }

            // Not before there is something to note: ticks with numbers never come here.
            table = new Noted[FirstSize];
            Volatile.Write(ref _table, table);
        }

        ref Noted noted = ref Find(table, Hash(symbol, channel, payload));
        if (noted.Key == 0)
        {
            if (_used == limit)
            {
                Volatile.Write(ref _hasOverflowed, true);
                return;
            }

            if (++_used > table.Length / 2)
            {
                table = Grow(table);
                Volatile.Write(ref _table, table);
            }

            noted = ref Find(table, Hash(symbol, channel, payload));
            noted.Key = Hash(symbol, channel, payload);
        }

        noted.Count++;
        Volatile.Write(ref _remaining, _remaining + 1);
    }

    /// <summary>Whether the new connection's tick has been delivered by the old one; uses up one delivery.</summary>
    public bool IsRepeat(SymbolId symbol, TickChannel channel, ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref _table) is not { } table)
        {
            return false;
        }

        ref Noted noted = ref Find(table, Hash(symbol, channel, payload));
        if (noted.Count == 0)
        {
            return false;
        }

        noted.Count--;
        Volatile.Write(ref _remaining, _remaining - 1);
        if (_remaining == 0)
        {
            End();
        }

        return true;
    }

    private static ref Noted Find(Noted[] table, ulong key)
    {
        int mask = table.Length - 1;
        Debug.Assert(BitOperations.IsPow2(table.Length), "a mask");
        int place = (int)(key >> 20) & mask;
        while (table[place].Key != 0 && table[place].Key != key)
        {
            place = (place + 1) & mask;
        }

        return ref table[place];
    }

    private static Noted[] Grow(Noted[] table)
    {
        var larger = new Noted[table.Length * 2];
        foreach (Noted noted in table)
        {
            if (noted.Key != 0)
            {
                Find(larger, noted.Key) = noted;
            }
        }

        return larger;
    }

    private ulong Hash(SymbolId symbol, TickChannel channel, ReadOnlySpan<byte> payload)
    {
        ulong hash = _hasher.Hash(((ulong)(uint)symbol.Value << 8) | channel.Value, 0, payload.Length);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            hash = _hasher.Continue(hash, words[i], words[i + 1]);
        }

        Span<ulong> rest = [0, 0];
        payload[(payload.Length & ~15)..].CopyTo(MemoryMarshal.AsBytes(rest));
        hash = _hasher.Continue(hash, rest[0], rest[1]);
        return hash == 0 ? 1 : hash;
    }

    private void SetPhase(OverlapPhase phase) => Volatile.Write(ref Unsafe.As<OverlapPhase, int>(ref _phase), (int)phase);

    [StructLayout(LayoutKind.Sequential)]
    private struct Noted
    {
        /// <summary>The hash; 0 marks a free place.</summary>
        public ulong Key;

        /// <summary>Deliveries that have not been repeated.</summary>
        public int Count;
    }
}
