using System;
using System.Buffers.Binary;

namespace PerfConn.Symbols;

/// <summary>
/// A symbol made ready for the table: its bytes as they came, its folded words and its hash. For symbols longer than 16 bytes
/// the words are not the symbol but a fingerprint, and the bytes decide.
/// </summary>
internal readonly ref struct SymbolKey
{
    private readonly bool _ignoreCase;

    public SymbolKey(ReadOnlySpan<byte> bytes, in SymbolHasher hasher, bool ignoreCase)
    {
        Bytes = bytes;
        _ignoreCase = ignoreCase;
        if (bytes.Length > SymbolWords.MaxInline)
        {
            Hash = HashLong(bytes, hasher, ignoreCase);
            (Low, High) = (Hash, 0);
            return;
        }

        if (bytes.Length >= 4)
        {
            SymbolWords.ReadCommon(bytes, out ulong low, out ulong high);
            (Low, High) = (low, high);
        }
        else
        {
            (Low, High) = (SymbolWords.ReadTiny(bytes), 0);
        }

        if (ignoreCase)
        {
            (Low, High) = (AsciiCase.ToUpper(Low), AsciiCase.ToUpper(High));
        }

        Hash = hasher.Hash(Low, High, bytes.Length);
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public ulong Low { get; }

    public ulong High { get; }

    public ulong Hash { get; }

    public int Length => Bytes.Length;

    /// <summary>Whether this is the symbol of <paramref name="entry"/>.</summary>
    public bool Matches(SymbolEntry entry) =>
        entry.Low == Low && entry.High == High && entry.Canonical.Length == Length
        && (Length <= SymbolWords.MaxInline || BytesEqual(entry.Canonical));

    /// <summary>The bytes in canonical form: upper case where the map ignores case. Allocates.</summary>
    public byte[] ToCanonical()
    {
        byte[] canonical = Bytes.ToArray();
        if (_ignoreCase)
        {
            foreach (ref byte value in canonical.AsSpan())
            {
                value = AsciiCase.ToUpper(value);
            }
        }

        return canonical;
    }

    /// <summary>Compares with canonical bytes of the same length, folding on the way.</summary>
    public bool BytesEqual(ReadOnlySpan<byte> canonical)
    {
        if (!_ignoreCase)
        {
            return Bytes.SequenceEqual(canonical);
        }

        for (int i = 0; i < canonical.Length; i++)
        {
            if (AsciiCase.ToUpper(Bytes[i]) != canonical[i])
            {
                return false;
            }
        }

        return true;
    }

    private static ulong HashLong(ReadOnlySpan<byte> bytes, in SymbolHasher hasher, bool ignoreCase)
    {
        ulong hash = hasher.Hash((ulong)bytes.Length, 0, bytes.Length);
        ReadOnlySpan<byte> rest = bytes;
        while (rest.Length > 16)
        {
            hash = Mix(rest, hash, hasher, ignoreCase);
            rest = rest[16..];
        }

        // The last 16 bytes, overlapping the block before: no tail to treat apart.
        return Mix(bytes[^16..], hash, hasher, ignoreCase);
    }

    private static ulong Mix(ReadOnlySpan<byte> block, ulong hash, in SymbolHasher hasher, bool ignoreCase)
    {
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(block);
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(block[8..]);
        return ignoreCase
            ? hasher.Continue(hash, AsciiCase.ToUpper(low), AsciiCase.ToUpper(high))
            : hasher.Continue(hash, low, high);
    }
}
