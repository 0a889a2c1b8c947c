using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace PerfConn.Symbols;

/// <summary>
/// Symbol bytes to dense <see cref="SymbolId"/>: the last place where a tick has a name. Sharded, open-addressed, add-only, seeded
/// against hash flooding and free of locks.
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe: any thread may call any member at any time. A lookup is wait-free: it never waits for an add or for a growing shard. An add
/// claims its slot by compare-and-swap and finishes what other adds have begun, so no stalled thread stops the others.
/// </para>
/// <para>
/// Allocates nothing for symbols that it knows. The first sight of a symbol allocates its entry, and now and then a larger table; <see cref="NameOf"/>
/// allocates the string at the first time of asking.
/// </para>
/// <para>README.md beside this file tells how the table grows. Figures: SymbolLookupBenchmarks.</para>
/// </remarks>
public sealed partial class SymbolMap
{
    /// <summary>Longest symbol in bytes: 64.</summary>
    public const int MaxSymbolLength = 64;

    /// <summary>Default bound on the number of symbols: 1,048,576.</summary>
    public const int DefaultMaxSymbols = 1 << 20;

    /// <summary>Highest bound on the number of symbols that can be asked for: 16,777,216.</summary>
    public const int MaxSymbolsLimit = 1 << 24;

    private const int ShardBits = 4;
    private const int ShardCount = 1 << ShardBits;

    private readonly SymbolHasher _hasher;
    private readonly SymbolDirectory _directory;
    private readonly bool _ignoreCase;

    // In the map itself, not behind one more reference: the lookup's first load is the table.
    private InlineArray16<SymbolSlot[]> _shards;
    private InlineArray16<int> _claimed;

    /// <summary>Makes an empty map.</summary>
    /// <param name="ignoreCase">Whether ASCII letters are the same in either case; the canonical form is then upper case. Default false.</param>
    /// <param name="capacity">Symbols that fit before the first shard grows; default 4,096, which takes 256 KiB.</param>
    /// <param name="maxSymbols">Bound on the number of symbols, 1 to <see cref="MaxSymbolsLimit"/>; further ones get <see cref="SymbolId.None"/>.</param>
    /// <param name="seed">Secret of the hash; default a random one for each map. Give one only to replay a test.</param>
    public SymbolMap(bool ignoreCase = false, int capacity = 4096, int maxSymbols = DefaultMaxSymbols, ulong? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSymbols);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxSymbols, MaxSymbolsLimit);
        _ignoreCase = ignoreCase;
        _hasher = new SymbolHasher(seed ?? RandomSeed());
        _directory = new SymbolDirectory(maxSymbols);
        MaxSymbols = maxSymbols;
        int slots = Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(capacity, maxSymbols) * 2 / ShardCount));
        for (int i = 0; i < ShardCount; i++)
        {
            _shards[i] = new SymbolSlot[slots];
        }
    }

    /// <summary>How many symbols the map knows; their ids are 0 to this - 1.</summary>
    public int Count => _directory.Count;

    /// <summary>The bound on <see cref="Count"/>.</summary>
    public int MaxSymbols { get; }

    /// <summary>Whether ASCII letters are the same in either case.</summary>
    public bool IgnoresCase => _ignoreCase;

    /// <summary>Finds a symbol. Wait-free, allocates nothing.</summary>
    /// <returns>Its id, or <see cref="SymbolId.None"/> when the map does not know it.</returns>
    public SymbolId Find(ReadOnlySpan<byte> symbol)
    {
        if ((uint)(symbol.Length - 4) > SymbolWords.MaxInline - 4)
        {
            return FindUncommon(symbol);
        }

        SymbolWords.ReadCommon(symbol, out ulong low, out ulong high);
        if (_ignoreCase)
        {
            low = AsciiCase.ToUpper(low);
            high = AsciiCase.ToUpper(high);
        }

        return FindWords(low, high, symbol.Length);
    }

    /// <summary>
    /// Finds a symbol that stands in the midst of a text, which lets it be read at once; where it does not, it is found all the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SymbolId Find(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> text)
    {
        ref byte start = ref MemoryMarshal.GetReference(symbol);
        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(text), ref start);
        if (!Ssse3.IsSupported || (nuint)offset > (nuint)(text.Length - SymbolWords.MaxInline) || (uint)(symbol.Length - 4) > SymbolWords.MaxInline - 4)
        {
            return Find(symbol);
        }

        Vector128<byte> words = SymbolWords.ReadInside(ref start, symbol.Length);
        if (_ignoreCase)
        {
            words = AsciiCase.ToUpper(words);
        }

        return FindWords(words.AsUInt64()[0], words.AsUInt64()[1], symbol.Length);
    }

    /// <summary>Finds a symbol or adds it. Allocates nothing when the map knows it.</summary>
    /// <returns>
    /// Its id, or <see cref="SymbolId.None"/> when it is empty, longer than <see cref="MaxSymbolLength"/>, or new while the map is full.
    /// </returns>
    public SymbolId GetOrAdd(ReadOnlySpan<byte> symbol)
    {
        SymbolId id = Find(symbol);
        return id.IsValid ? id : Add(symbol);
    }

    /// <summary>Finds a symbol or adds it, from text (taken as UTF-8).</summary>
    /// <returns>As the other overload.</returns>
    public SymbolId GetOrAdd(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        Span<byte> bytes = stackalloc byte[MaxSymbolLength];
        return Encoding.UTF8.TryGetBytes(symbol, bytes, out int length) ? GetOrAdd(bytes[..length]) : SymbolId.None;
    }

    /// <summary>The symbol's canonical spelling, interned. Bytes that are not UTF-8 show as U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of this map.</exception>
    public string NameOf(SymbolId id) => EntryOf(id).Name;

    /// <summary>The symbol's canonical bytes. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of this map.</exception>
    public ReadOnlySpan<byte> BytesOf(SymbolId id) => EntryOf(id).Canonical;

    private static ulong RandomSeed()
    {
        ulong seed = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        return seed;
    }

    /// <summary>The table of the shard that a hash belongs to: its top bits choose, its low bits are the place inside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SymbolSlot[] ShardOf(ulong hash) =>
        ref Unsafe.Add(ref Unsafe.As<InlineArray16<SymbolSlot[]>, SymbolSlot[]>(ref _shards), (nint)(hash >> (64 - ShardBits)));

    /// <summary>Most symbols stand where their hash says: that one slot is looked at here, the rest is another method's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SymbolId FindWords(ulong low, ulong high, int length)
    {
        ulong hash = _hasher.Hash(low, high, length);
        SymbolSlot[] slots = Volatile.Read(ref ShardOf(hash));

        // Inside the array because its length is a power of two. Without the check a dependent lookup takes 11 ns instead of 14 (FindLatency).
        ref SymbolSlot slot = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), (nint)(hash & ((ulong)slots.Length - 1)));
        long meta = Volatile.Read(ref slot.Meta);
        return ((slot.Low ^ low) | (slot.High ^ high) | (ulong)(SymbolSlot.LengthOf(meta) ^ length)) == 0
            ? new SymbolId(SymbolSlot.IdOf(meta))
            : FindFurther(slots, low, high, length, hash);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SymbolId FindFurther(SymbolSlot[] slots, ulong low, ulong high, int length, ulong hash)
    {
        ulong mask = (ulong)slots.Length - 1;
        ref SymbolSlot first = ref MemoryMarshal.GetArrayDataReference(slots);

        // Ends after one round at the latest, though a table always keeps free slots: a lookup is bounded whatever the writers do.
        for (ulong probe = 0; probe <= mask; probe++)
        {
            ref SymbolSlot slot = ref Unsafe.Add(ref first, (nint)((hash + probe) & mask));
            long meta = Volatile.Read(ref slot.Meta);
            if (((slot.Low ^ low) | (slot.High ^ high) | (ulong)(SymbolSlot.LengthOf(meta) ^ length)) == 0)
            {
                return new SymbolId(SymbolSlot.IdOf(meta));
            }

            if (meta == 0 && IsEnd(ref slot))
            {
                break;
            }
        }

        return SymbolId.None;
    }

    /// <summary>Whether an unpublished slot ends the probe: nobody has claimed it. A claimed one may hold any symbol, so the probe goes on.</summary>
    private static bool IsEnd(ref SymbolSlot slot)
    {
        SymbolEntry? entry = Volatile.Read(ref slot.Entry);
        return entry is null || ReferenceEquals(entry, SymbolEntry.Frozen);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SymbolId FindUncommon(ReadOnlySpan<byte> symbol)
    {
        if ((uint)(symbol.Length - 1) >= MaxSymbolLength)
        {
            return SymbolId.None;
        }

        var key = new SymbolKey(symbol, _hasher, _ignoreCase);
        return symbol.Length <= SymbolWords.MaxInline
            ? FindWords(key.Low, key.High, key.Length)
            : FindLong(key);
    }

    /// <summary>As <see cref="FindWords"/>, but the words are a fingerprint and the bytes decide.</summary>
    private SymbolId FindLong(scoped in SymbolKey key)
    {
        SymbolSlot[] slots = Volatile.Read(ref ShardOf(key.Hash));
        ulong mask = (ulong)slots.Length - 1;
        for (ulong probe = 0; probe <= mask; probe++)
        {
            ref SymbolSlot slot = ref slots[(int)((key.Hash + probe) & mask)];
            SymbolEntry? entry = Volatile.Read(ref slot.Entry);
            if (entry is null || ReferenceEquals(entry, SymbolEntry.Frozen))
            {
                break;
            }

            if (key.Matches(entry))
            {
                return new SymbolId(entry.Id);
            }
        }

        return SymbolId.None;
    }

    private SymbolEntry EntryOf(SymbolId id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id.Value, nameof(id));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id.Value, Count, nameof(id));
        return _directory[id.Value];
    }
}
