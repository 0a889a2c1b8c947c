using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PerfConn.Symbols;

/// <summary>
/// Reads a symbol as two machine words. For up to 16 bytes the two words and the length together are the symbol: equal words and
/// equal length mean equal bytes, so nothing else has to be compared.
/// </summary>
internal static class SymbolWords
{
    /// <summary>Longest symbol that two words hold.</summary>
    public const int MaxInline = 16;

    /// <summary>For each length, where the bytes of the four overlapping loads come from.</summary>
    private static readonly Vector128<byte>[] s_overlaps = Overlaps();

    /// <summary>
    /// Reads 4 to 16 bytes with four overlapping 4-byte loads, all inside the symbol, and without a branch on the length: symbols of 6, 7 and 9
    /// bytes come in random order, and a mispredicted branch costs more than the whole lookup.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadCommon(ReadOnlySpan<byte> symbol, out ulong low, out ulong high)
    {
        Debug.Assert(symbol.Length is >= 4 and <= MaxInline, "four overlapping loads cover 4 to 16 bytes");
        ref byte start = ref MemoryMarshal.GetReference(symbol);
        nint last = symbol.Length - 4;
        nint step = (symbol.Length >> 3) << 2;
        low = Load4(ref start, 0) | ((ulong)Load4(ref start, step) << 32);
        high = Load4(ref start, last - step) | ((ulong)Load4(ref start, last) << 32);
    }

    /// <summary>
    /// The same words as <see cref="ReadCommon"/> by one load and one shuffle, where 16 bytes can be read from the symbol's start on: 2 ns of a lookup (lab, stages raw).
    /// </summary>
    /// <param name="start">The symbol's first byte; 16 bytes from here on are inside the caller's span.</param>
    /// <param name="length">The symbol's length, 4 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadInside(ref byte start, int length)
    {
        Debug.Assert(length is >= 4 and <= MaxInline, "the rows of the table");
        return Ssse3.Shuffle(Vector128.LoadUnsafe(ref start), Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_overlaps), length));
    }

    /// <summary>Reads 1 to 3 bytes.</summary>
    public static ulong ReadTiny(ReadOnlySpan<byte> symbol)
    {
        Debug.Assert(symbol.Length is >= 1 and <= 3, "three single-byte loads cover 1 to 3 bytes");
        return symbol[0] | ((ulong)symbol[symbol.Length >> 1] << 8) | ((ulong)symbol[^1] << 16);
    }

    private static Vector128<byte>[] Overlaps()
    {
        var rows = new Vector128<byte>[MaxInline + 1];
        Span<byte> indexes = stackalloc byte[MaxInline];
        for (int i = 0; i < MaxInline; i++)
        {
            indexes[i] = (byte)i;
        }

        Span<ulong> words = stackalloc ulong[2];
        for (int length = 4; length <= MaxInline; length++)
        {
            ReadCommon(indexes[..length], out words[0], out words[1]);
            rows[length] = Vector128.Create<byte>(MemoryMarshal.AsBytes(words));
        }

        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load4(ref byte start, nint offset) => Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref start, offset));
}
