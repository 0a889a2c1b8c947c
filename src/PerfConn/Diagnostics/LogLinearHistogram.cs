using System;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace PerfConn.Diagnostics;

/// <summary>
/// A histogram of latencies or sizes over the whole range of a non-negative long: each power of two is cut into 64 equal buckets, so a
/// reported value is at most 1/64 (1.6 %) above the recorded one, and values below 128 are exact.
/// </summary>
/// <remarks>
/// One thread records, merges and resets; any other may read at the same time, and then sees each bucket as it was at some moment of the read.
/// 3,712 buckets, 29 KiB, made once; nothing else is ever allocated. Recording takes no branch that depends on the value but for the extremes.
/// </remarks>
public sealed class LogLinearHistogram
{
    /// <summary>Bits of a value that a bucket keeps beside its magnitude: 2^6 = 64 buckets for each power of two.</summary>
    public const int SubBucketBits = 6;

    private const int SubBuckets = 1 << SubBucketBits;
    private const int BucketCount = ((63 - SubBucketBits) * SubBuckets) + SubBuckets;

    private readonly long[] _counts = new long[BucketCount];
    private long _sum;
    private long _min = long.MaxValue;
    private long _max;

    /// <summary>How many values have been recorded.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                count += Volatile.Read(ref _counts[i]);
            }

            return count;
        }
    }

    /// <summary>The lowest value recorded, exactly; 0 when there is none.</summary>
    public long Min => Volatile.Read(ref _min) is var min && min == long.MaxValue ? 0 : min;

    /// <summary>The highest value recorded, exactly; 0 when there is none.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>The mean of the values recorded; 0 when there is none. Exact as long as their sum fits a long.</summary>
    public double Mean => Count is var count && count == 0 ? 0 : Volatile.Read(ref _sum) / (double)count;

    /// <summary>Records a value; a negative one (a clock that stepped back) counts as 0. By the writer only. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long value)
    {
        value = Math.Max(value, 0);
        int index = IndexOf(value);
        Debug.Assert((uint)index < BucketCount, "63 bits map into the buckets");

        // Without the bounds check: IndexOf cannot leave the array (HistogramBenchmarks).
        ref long bucket = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_counts), index);
        Volatile.Write(ref bucket, bucket + 1);
        Volatile.Write(ref _sum, _sum + value);
        if (value > _max)
        {
            Volatile.Write(ref _max, value);
        }

        if (value < _min)
        {
            Volatile.Write(ref _min, value);
        }
    }

    /// <summary>The value that <paramref name="percentile"/> percent of the recorded ones do not exceed (at most 1/64 too high, never above <see cref="Max"/>).</summary>
    /// <param name="percentile">0 to 100; 50 is the median, 99.9 the slowest in a thousand. Outside of that the nearer end.</param>
    /// <returns>0 when nothing was recorded.</returns>
    public long Percentile(double percentile)
    {
        // One step down first: 7 % of 100 values must not become rank 8 because 0.07 is not a binary fraction.
        double share = Math.BitDecrement(Math.Clamp(percentile, 0, 100));
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count / 100));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank)
            {
                return Math.Min(HighestOf(i), Max);
            }
        }

        return Max;
    }

    /// <summary>Adds all that <paramref name="other"/> holds. By the writer of this one only; the other may be recording.</summary>
    public void Add(LogLinearHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < _counts.Length; i++)
        {
            Volatile.Write(ref _counts[i], _counts[i] + Volatile.Read(ref other._counts[i]));
        }

        Volatile.Write(ref _sum, _sum + Volatile.Read(ref other._sum));
        Volatile.Write(ref _max, Math.Max(_max, other.Max));
        Volatile.Write(ref _min, Math.Min(_min, Volatile.Read(ref other._min)));
    }

    /// <summary>Forgets everything. By the writer only.</summary>
    public void Reset()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            Volatile.Write(ref _counts[i], 0);
        }

        Volatile.Write(ref _sum, 0);
        Volatile.Write(ref _max, 0);
        Volatile.Write(ref _min, long.MaxValue);
    }

    /// <summary>Magnitude times 64, plus the six bits below the leading one. Values below 64 are their own index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(long value)
    {
        int shift = (63 - SubBucketBits) - BitOperations.LeadingZeroCount((ulong)value | SubBuckets);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    /// <summary>The highest value that falls into a bucket.</summary>
    private static long HighestOf(int index)
    {
        int shift = Math.Max((index >> SubBucketBits) - 1, 0);
        long mantissa = index - ((long)shift << SubBucketBits);
        return (mantissa << shift) + ((1L << shift) - 1);
    }
}
