using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfConn.Protocol;

/// <summary>
/// Runs of ASCII digits, eight at a time: one word is tested for digits, cut where they end, and turned into its value by three multiplications.
/// </summary>
/// <remarks>Allocates nothing, needs no vector hardware. Against one digit at a time: FixedPointBenchmarks.</remarks>
internal static class Utf8Digits
{
    /// <summary>Digits that fit a long whatever they are.</summary>
    public const int SafeDigits = 18;

    private const ulong Ones = 0x0101010101010101;

    /// <summary>An array rather than a span over constants: code that has not been optimised yet allocates 144 bytes to make such a span.</summary>
    private static readonly long[] s_powersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>10 to the power of <paramref name="exponent"/>, 0 to 18.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long PowerOfTen(int exponent)
    {
        Debug.Assert((uint)exponent < (uint)s_powersOfTen.Length, "a long holds powers of ten up to 18");
        return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_powersOfTen), exponent);
    }

    /// <summary>
    /// Reads the digits that stand at <paramref name="position"/>, and appends them to <paramref name="value"/> as decimal digits. The value is right
    /// as long as all digits appended to it are at most <see cref="SafeDigits"/>; beyond that it wraps, and the caller looks at the count.
    /// </summary>
    /// <returns>How many digits there were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> text, int position, ref long value)
    {
        int start = position;
        while (true)
        {
            ulong word = Load(text, position) ^ (0x30 * Ones);

            // A byte above 9 shows in its top bit. A carry goes upwards only, so the lowest mark, the one that counts, is true.
            ulong marks = ((word + (0x76 * Ones)) | word) & (0x80 * Ones);
            int count = BitOperations.TrailingZeroCount(marks) >> 3;
            if (count == 0)
            {
                return position - start;
            }

            word <<= (8 - count) << 3;
            value = (value * PowerOfTen(count)) + Combine(word);
            position += count;
            if (count < 8)
            {
                return position - start;
            }
        }
    }

    /// <summary>The value of eight digits 0 to 9, the first one in the lowest byte: pairs, then fours, then all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Combine(ulong digits)
    {
        digits = (digits * 10) + (digits >> 8);
        ulong low = (digits & 0x000000FF000000FF) * 0x000F424000000064;
        ulong high = ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001;
        return (long)((low + high) >> 32);
    }

    /// <summary>Eight bytes at <paramref name="position"/>, the first in the lowest; zeros, which are no digits, where the text has ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(ReadOnlySpan<byte> text, int position)
    {
        Debug.Assert((uint)position <= (uint)text.Length, "digits are read inside the text");
        return text.Length - position >= 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.Add(ref MemoryMarshal.GetReference(text), position), 8))
            : LoadTail(text[position..]);
    }

    private static ulong LoadTail(ReadOnlySpan<byte> tail)
    {
        int length = tail.Length;
        if (length >= 4)
        {
            // Two loads that overlap; where they do they agree.
            ulong head = BinaryPrimitives.ReadUInt32LittleEndian(tail);
            ulong rear = BinaryPrimitives.ReadUInt32LittleEndian(tail[(length - 4)..]);
            return head | (rear << ((length - 4) << 3));
        }

        return length == 0
            ? 0
            : tail[0] | ((ulong)tail[length >> 1] << ((length >> 1) << 3)) | ((ulong)tail[length - 1] << ((length - 1) << 3));
    }
}
