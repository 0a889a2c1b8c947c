using System;

namespace PerfConn.Protocol;

/// <content>From binary numbers: exactly, or not at all.</content>
public readonly partial struct FixedPoint
{
    /// <summary>Fifteen digits: as many as every double keeps, so that no two numbers of them share one.</summary>
    private const double DoubleLimit = 1e15;

    /// <summary>Makes the number <paramref name="mantissa"/> times ten to the power of <paramref name="exponent"/>, with the scale that the exponent asks for, or the highest if that is above 18.</summary>
    /// <param name="mantissa">All digits, as a whole number.</param>
    /// <param name="exponent">Negative for places behind the point, as SBE's decimals and most binary feeds have it.</param>
    /// <param name="value">The number, or zero.</param>
    /// <returns>False when no 64-bit mantissa and scale of at most 18 hold it exactly.</returns>
    public static bool TryCreate(long mantissa, int exponent, out FixedPoint value)
    {
        if (exponent is <= 0 and >= -MaxScale)
        {
            value = new FixedPoint(mantissa, -exponent);
            return true;
        }

        ulong magnitude = mantissa < 0 ? unchecked((ulong)-mantissa) : (ulong)mantissa;
        long zeros = 0;
        while (magnitude != 0 && magnitude % 10 == 0)
        {
            magnitude /= 10;
            zeros++;
        }

        return TryMake(magnitude, -(long)exponent, zeros, mantissa < 0, out value);
    }

    /// <summary>The number with <paramref name="scale"/> places whose nearest double is <paramref name="number"/>: 0.1 with scale 1 is 0.1, though no double is.</summary>
    /// <param name="number">What the venue sent.</param>
    /// <param name="scale">Digits behind the point that the venue's prices have: 0 to <see cref="MaxScale"/>.</param>
    /// <param name="value">The number, or zero.</param>
    /// <returns>
    /// False when there is none: the double stands for more places than that, for more than fifteen digits, for no finite number; or the scale is out of range. Never rounds.
    /// </returns>
    public static bool TryFromDouble(double number, int scale, out FixedPoint value)
    {
        value = default;
        if ((uint)scale > MaxScale)
        {
            return false;
        }

        // Both sides of the division are exact doubles, so its result is the nearest one to the decimal (IEEE 754, 5.4.1).
        double power = Utf8Digits.PowerOfTen(scale);
        double mantissa = Math.Round(number * power);
        if (!(Math.Abs(mantissa) < DoubleLimit) || mantissa / power != number)
        {
            return false;
        }

        value = new FixedPoint((long)mantissa, scale);
        return true;
    }
}
