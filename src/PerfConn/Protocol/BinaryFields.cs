using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PerfConn.Protocol;

/// <summary>Reads typed values at given offsets of a binary message: <c>fields.TryReadFixedPoint&lt;int&gt;(offset: 4, exponent: -2, out price)</c> is the last price of a Kite packet.</summary>
/// <remarks>
/// Every offset is checked against the message, so what a peer says about lengths needs no other check. Valid as long as the bytes it was made from. Allocates nothing,
/// never throws for what a peer sends. An order that is a constant costs nothing: <c>new BinaryFields(payload, ByteOrder.BigEndian)</c>.
/// </remarks>
/// <param name="bytes">The message.</param>
/// <param name="order">The order of all its numbers.</param>
public readonly ref struct BinaryFields(ReadOnlySpan<byte> bytes, ByteOrder order)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly bool _swapped = order == ByteOrder.LittleEndian != BitConverter.IsLittleEndian;

    /// <summary>Length of the message in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Reads a whole number of one to sixteen bytes, as its type says: <see cref="short"/>, <see cref="uint"/>, <see cref="long"/>, ...</summary>
    /// <returns>False when the message does not reach as far.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadInteger<T>(int offset, out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        if ((uint)offset > (uint)_bytes.Length || _bytes.Length - offset < Unsafe.SizeOf<T>())
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(in _bytes[offset]);
        value = _swapped ? Swap(value) : value;
        return true;
    }

    /// <summary>Reads a decimal number: a whole mantissa of type <typeparamref name="T"/>, times ten to the power of <paramref name="exponent"/>.</summary>
    /// <param name="offset">Where the mantissa begins.</param>
    /// <param name="exponent">-2 for hundredths. From the message itself where the venue sends it (SBE), so any value is allowed.</param>
    /// <param name="value">The number, or zero.</param>
    /// <returns>False when the message does not reach as far, or when a <see cref="FixedPoint"/> does not hold the number exactly.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadFixedPoint<T>(int offset, int exponent, out FixedPoint value)
        where T : unmanaged, IBinaryInteger<T>
    {
        value = default;
        return TryReadInt64<T>(offset, out long mantissa) && FixedPoint.TryCreate(mantissa, exponent, out value);
    }

    /// <summary>Reads a time: a whole number of type <typeparamref name="T"/> of units since 1970.</summary>
    /// <returns>False when the message does not reach as far, or the time is out of reach.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadTime<T>(int offset, UnixTimeUnit unit, out UnixTime time)
        where T : unmanaged, IBinaryInteger<T>
    {
        time = default;
        return TryReadInt64<T>(offset, out long units) && UnixTime.TryCreate(units, unit, out time);
    }

    /// <summary>Reads a truth value: a byte that is 1 or 0.</summary>
    /// <returns>False when it is neither, or when the message does not reach as far.</returns>
    public bool TryReadBoolean(int offset, out bool value)
    {
        value = TryReadInteger(offset, out byte read) && read == 1;
        return value || ((uint)offset < (uint)_bytes.Length && read == 0);
    }

    /// <summary>Reads a binary64 number of IEEE 754. <see cref="FixedPoint.TryFromDouble"/> makes a price of it.</summary>
    /// <returns>False when the message does not reach as far.</returns>
    public bool TryReadDouble(int offset, out double value)
    {
        bool read = TryReadInteger(offset, out long bits);
        value = BitConverter.Int64BitsToDouble(bits);
        return read;
    }

    /// <summary>Reads a number and widens it; false too when an unsigned one does not fit a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadInt64<T>(int offset, out long value)
        where T : unmanaged, IBinaryInteger<T>
    {
        bool read = TryReadInteger(offset, out T number);
        value = long.CreateTruncating(number);
        return read && T.CreateTruncating(value) == number && value < 0 == T.IsNegative(number);
    }

    /// <summary>The size is a constant of the type, so one branch is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Swap<T>(T value)
        where T : unmanaged, IBinaryInteger<T> => Unsafe.SizeOf<T>() switch
        {
            sizeof(byte) => value,
            sizeof(ushort) => Unsafe.BitCast<ushort, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ushort>(value))),
            sizeof(uint) => Unsafe.BitCast<uint, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, uint>(value))),
            sizeof(ulong) => Unsafe.BitCast<ulong, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ulong>(value))),
            16 => Unsafe.BitCast<UInt128, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, UInt128>(value))),
            _ => throw new NotSupportedException($"{typeof(T)} has no size that messages have."),
        };
}
