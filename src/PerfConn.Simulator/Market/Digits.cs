using System.Diagnostics;

namespace PerfConn.Simulator.Market;

/// <summary>Numbers as ASCII digits in one machine word, the first digit in the lowest byte, ready to be stored little-endian.</summary>
internal static class Digits
{
    /// <summary>Ten to the eighth: what eight digits can no longer show.</summary>
    public const uint EightDigits = 100_000_000;

    /// <summary>A number below 10^8 as eight digits with leading zeros.</summary>
    public static ulong Eight(uint value)
    {
        Debug.Assert(value < EightDigits, "the number has more than eight digits");
        return Pair(value / 10_000, value % 10_000);
    }

    /// <summary>Two numbers below 10^4, side by side as four digits each.</summary>
    /// <remarks>All lanes are divided at once: first by 100 in two lanes of 32 bits, then by 10 in four of 16. No table, so no cache is spent.</remarks>
    public static ulong Pair(uint left, uint right)
    {
        Debug.Assert(left < 10_000 && right < 10_000, "a number has more than four digits");
        ulong lanes = left | ((ulong)right << 32);
        ulong hundreds = ((lanes * 10_486) >> 20) & 0x0000_007F_0000_007F;
        ulong pairs = ((lanes - (100 * hundreds)) << 16) + hundreds;
        ulong tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens + ((pairs - (10 * tens)) << 8) + 0x3030_3030_3030_3030;
    }
}
