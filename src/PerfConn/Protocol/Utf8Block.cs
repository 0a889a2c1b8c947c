using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PerfConn.Protocol;

/// <summary>
/// Sixteen bytes of text that a number begins, in one register: one comparison finds where its digits stop, one shuffle takes the point out and
/// moves the digits to the end, and three multiplications of neighbours make them a value.
/// </summary>
/// <remarks>
/// Nothing that follows a number waits for its value, only for its end, so a processor converts several at once: 6 ns a number in a book ticker instead of 20
/// (BinanceProtocolBenchmarks.BookTickerValues). Without vector hardware callers use <see cref="Utf8Digits"/>.
/// </remarks>
internal readonly ref struct Utf8Block
{
    /// <summary>Bytes in a block.</summary>
    public const int Count = 16;

    private readonly Vector128<byte> _digits;

    /// <summary>Takes the first sixteen bytes of <paramref name="text"/>; nulls, which stop a number, stand for those that it does not have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8Block(ReadOnlySpan<byte> text)
    {
        Vector128<byte> block = text.Length >= Count
            ? Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text))
            : LoadTail(text);
        _digits = block - Vector128.Create((byte)'0');
        Stops = Vector128.AddSaturate(_digits, Vector128.Create((byte)(0x80 - 10))).ExtractMostSignificantBits();
    }

    /// <summary>A bit for each byte that is no digit, the first byte in the lowest bit.</summary>
    public uint Stops { get; }

    /// <summary>The value of the <paramref name="count"/> digits at the beginning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Integer(int count)
    {
        Debug.Assert(count is > 0 and <= Count && BitOperations.TrailingZeroCount(Stops) >= count, "all are digits");
        return Value(Indices + Vector128.Create((byte)(count - Count)));
    }

    /// <summary>The value of all digits before <paramref name="end"/>, without the point that stands at <paramref name="point"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Mantissa(int point, int end)
    {
        Debug.Assert(point > 0 && point < end - 1 && end <= Count, "the point has digits on both sides");
        Vector128<sbyte> source = (Indices + Vector128.Create((byte)(end - 1 - Count))).AsSByte();
        source -= Vector128.GreaterThan(source, Vector128.Create((sbyte)(point - 1)));
        return Value(source.AsByte());
    }

    /// <summary>The value of sixteen digits 0 to 9, the first in the lowest byte: pairs of neighbours, then of pairs, then of fours. Four vector instructions; 1.7 ns
    /// a number less than <see cref="CombineWords"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long CombinePairs(Vector128<byte> digits)
    {
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)100, 1, 100, 1, 100, 1, 100, 1));
        Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        ulong eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create((short)10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1)).AsUInt64().ToScalar();
        return ((long)(uint)eights * 100_000_000) + (long)(eights >> 32);
    }

    /// <summary>The same for any processor, in two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long CombineWords(Vector128<byte> digits) =>
        (Utf8Digits.Combine(digits.AsUInt64().GetElement(0)) * 100_000_000) + Utf8Digits.Combine(digits.AsUInt64().GetElement(1));

    private static Vector128<byte> Indices => Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    /// <summary>The value of the digits at <paramref name="source"/>; an index of 128 and above is a leading zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Value(Vector128<byte> source)
    {
        Vector128<byte> digits = Vector128.ShuffleNative(_digits, source);
        return Sse41.IsSupported ? CombinePairs(digits) : CombineWords(digits);
    }

    /// <summary>Nothing behind the text is touched: two words that overlap, the second one shifted to where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LoadTail(ReadOnlySpan<byte> text)
    {
        ulong low = Utf8Digits.Load(text, 0);
        ulong high = text.Length > 8
            ? Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), text.Length - 8)) >> ((Count - text.Length) << 3)
            : 0;
        return Vector128.Create(low, high).AsByte();
    }
}
