using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace PerfConn.Symbols;

/// <summary>
/// The seeded hash of a symbol map: a 64 x 64 bit multiplication folded to 64 bits, over words that are first mixed with secrets made
/// from the seed. Who does not know the seed cannot choose symbols that meet in one place.
/// </summary>
/// <remarks>Immutable, 16 bytes. One multiplication for symbols of up to 16 bytes.</remarks>
internal readonly struct SymbolHasher
{
    private readonly ulong _first;
    private readonly ulong _second;

    public SymbolHasher(ulong seed)
    {
        _first = Expand(seed);
        _second = Expand(seed + 0x9E3779B97F4A7C15);
    }

    /// <summary>Hash of a symbol that two words and its length describe completely.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong low, ulong high, int length) => Fold(low ^ _first, high ^ (_second + (ulong)length));

    /// <summary>Adds two more words of a longer symbol to <paramref name="hash"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Continue(ulong hash, ulong low, ulong high) => Fold(low ^ _second, high ^ hash);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        // Two multiplications side by side: Math.BigMul's one gives its low half through memory (2 ns of a lookup).
        ulong high = Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);
        return high ^ unchecked(left * right);
    }

    /// <summary>SplitMix64's output function: neighbouring seeds give unrelated secrets (Steele, Lea, Flood: OOPSLA 2014).</summary>
    private static ulong Expand(ulong seed)
    {
        seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
        seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EB;
        return (seed ^ (seed >> 31)) | 1;
    }
}
