using System;
using System.Runtime.CompilerServices;

namespace PerfConn.Protocol;

/// <summary>
/// A decimal number exactly as a venue writes it: a whole mantissa and how many of its digits stand behind the point. "25.35190000"
/// is the mantissa 2535190000 with scale 8.
/// </summary>
/// <remarks>
/// Sixteen bytes, immutable, allocates nothing but in <see cref="ToString"/>. Compares by value: 1.50 equals 1.5. Prices and quantities are
/// kept exact where a double would round, at a tenth of the cost of parsing a <see cref="decimal"/> (FixedPointBenchmarks).
/// </remarks>
public readonly partial struct FixedPoint : IEquatable<FixedPoint>, IComparable<FixedPoint>, IUtf8SpanFormattable
{
    /// <summary>Most digits behind the point: 18, so that a power of ten that brings two numbers to one scale fits a long.</summary>
    public const int MaxScale = Utf8Digits.SafeDigits;

    private readonly long _mantissa;
    private readonly byte _scale;

    /// <summary>Makes the number <paramref name="mantissa"/> / 10^<paramref name="scale"/>.</summary>
    /// <param name="mantissa">All digits, as a whole number.</param>
    /// <param name="scale">How many of them stand behind the point: 0 to <see cref="MaxScale"/>.</param>
    public FixedPoint(long mantissa, byte scale)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, MaxScale);
        _mantissa = mantissa;
        _scale = scale;
    }

    /// <summary>For parsed scales, which are known to be in range: the parser runs on the tick path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FixedPoint(long mantissa, int scale)
    {
        _mantissa = mantissa;
        _scale = (byte)scale;
    }

    /// <summary>Zero with scale 0; also the default value.</summary>
    public static FixedPoint Zero => default;

    /// <summary>All digits, as a whole number.</summary>
    public long Mantissa => _mantissa;

    /// <summary>How many digits stand behind the point.</summary>
    public byte Scale => _scale;

    /// <summary>Whether the value is zero, whatever the scale.</summary>
    public bool IsZero => _mantissa == 0;

    /// <summary>The same value with another scale, if it has one without rounding.</summary>
    /// <param name="scale">Digits behind the point: 0 to <see cref="MaxScale"/>.</param>
    /// <param name="result">The number with that scale, or zero.</param>
    /// <returns>False when digits other than 0 would be lost, the mantissa would overflow, or the scale is out of range.</returns>
    public bool TryRescale(int scale, out FixedPoint result)
    {
        result = default;
        if ((uint)scale > MaxScale)
        {
            return false;
        }

        long power = Utf8Digits.PowerOfTen(Math.Abs(scale - _scale));
        if (scale >= _scale)
        {
            long high = Math.BigMul(_mantissa, power, out long mantissa);
            result = new FixedPoint(mantissa, scale);
            if (high != mantissa >> 63)
            {
                result = default;
                return false;
            }

            return true;
        }

        long quotient = Math.DivRem(_mantissa, power, out long lost);
        if (lost != 0)
        {
            return false;
        }

        result = new FixedPoint(quotient, scale);
        return true;
    }

    /// <summary>The value as a decimal, exactly and with the same scale.</summary>
    public decimal ToDecimal()
    {
        ulong magnitude = _mantissa < 0 ? unchecked((ulong)-_mantissa) : (ulong)_mantissa;
        return new decimal((int)magnitude, (int)(magnitude >> 32), 0, _mantissa < 0, _scale);
    }

    /// <summary>The nearest double when the mantissa is below 2^53 (15 digits) and the scale at most 18; otherwise within two units in the last place.</summary>
    public double ToDouble() => _mantissa / (double)Utf8Digits.PowerOfTen(_scale);

    /// <summary>Compares by value.</summary>
    public int CompareTo(FixedPoint other)
    {
        if (_scale == other._scale)
        {
            return _mantissa.CompareTo(other._mantissa);
        }

        Int128 left = (Int128)_mantissa * Utf8Digits.PowerOfTen(other._scale);
        Int128 right = (Int128)other._mantissa * Utf8Digits.PowerOfTen(_scale);
        return left.CompareTo(right);
    }

    /// <summary>Whether the values are equal, whatever the scales.</summary>
    public bool Equals(FixedPoint other) => _scale == other._scale ? _mantissa == other._mantissa : CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FixedPoint other && Equals(other);

    /// <summary>Equal values have equal hash codes: trailing zeros are taken off first.</summary>
    public override int GetHashCode()
    {
        long mantissa = _mantissa;
        int scale = _scale;
        while (scale > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }

        return HashCode.Combine(mantissa, scale);
    }

    /// <summary>Whether the values are equal.</summary>
    public static bool operator ==(FixedPoint left, FixedPoint right) => left.Equals(right);

    /// <summary>Whether the values differ.</summary>
    public static bool operator !=(FixedPoint left, FixedPoint right) => !left.Equals(right);

    /// <summary>Whether the left value is lower.</summary>
    public static bool operator <(FixedPoint left, FixedPoint right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left value is higher.</summary>
    public static bool operator >(FixedPoint left, FixedPoint right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left value is lower or equal.</summary>
    public static bool operator <=(FixedPoint left, FixedPoint right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left value is higher or equal.</summary>
    public static bool operator >=(FixedPoint left, FixedPoint right) => left.CompareTo(right) >= 0;
}
