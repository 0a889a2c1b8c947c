using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PerfConn.Symbols;

/// <summary>Upper-cases ASCII letters eight at a time; every other byte, non-ASCII included, stays as it is.</summary>
internal static class AsciiCase
{
    private const ulong Ones = 0x0101010101010101;
    private const ulong High = 0x80 * Ones;

    /// <summary>
    /// Folds the eight bytes of <paramref name="word"/>. Works in whatever order the bytes stand: no carry leaves a byte.
    /// </summary>
    /// <remarks>Six operations without a branch; two words fold side by side. Justified by SymbolLookupBenchmarks.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToUpper(ulong word)
    {
        ulong sevenBits = word & ~High;
        ulong aboveZ = sevenBits + ((0x7F - 'z') * Ones);
        ulong fromA = sevenBits + ((0x80 - 'a') * Ones);
        ulong lower = (fromA ^ aboveZ) & ~word & High;
        return word ^ (lower >> 2);
    }

    /// <summary>Folds sixteen bytes: shifted so that only a to z exceed 101 as signed numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToUpper(Vector128<byte> bytes)
    {
        Vector128<sbyte> shifted = (bytes + Vector128.Create((byte)(0x7F - 'z'))).AsSByte();
        Vector128<byte> lower = Vector128.GreaterThan(shifted, Vector128.Create((sbyte)(0x7F - 'z' + 'a' - 1))).AsByte();
        return bytes ^ (lower & Vector128.Create((byte)0x20));
    }

    /// <summary>Folds one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ToUpper(byte value) => (uint)(value - 'a') <= 'z' - 'a' ? (byte)(value ^ 0x20) : value;
}
