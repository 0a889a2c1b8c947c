using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class BinaryFieldsTests
{
    private static readonly byte[] s_kite = Convert.FromHexString("00063A0100022C40");

    [Fact]
    public void Integers_of_every_width_are_those_of_the_base_library() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Choose(-3, 40).ToArbitrary(), (bytes, offset) =>
        {
            Same<short>(bytes, offset);
            Same<ushort>(bytes, offset);
            Same<int>(bytes, offset);
            Same<uint>(bytes, offset);
            Same<long>(bytes, offset);
            Same<ulong>(bytes, offset);
            Same<byte>(bytes, offset);
            Same<sbyte>(bytes, offset);
            Same<Int128>(bytes, offset);
            Same<UInt128>(bytes, offset);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Decimals_are_mantissa_and_exponent_exactly_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Gen.Choose(0, 62).ToArbitrary(), Gen.Choose(-40, 25).ToArbitrary(), (any, shift, exponent) =>
        {
            long mantissa = any >> shift;
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, mantissa);
            bool read = new BinaryFields(bytes, ByteOrder.LittleEndian).TryReadFixedPoint<long>(0, exponent, out FixedPoint value);

            // The same number in text is the oracle.
            bool expected = FixedPoint.TryParse(System.Text.Encoding.ASCII.GetBytes($"{mantissa}e{exponent}"), out FixedPoint parsed);
            return read == expected && value == parsed && (exponent is > 0 or < -18 || value.Scale == -exponent);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void An_exponent_from_the_wire_may_be_anything(int exponent)
    {
        Assert.False(FixedPoint.TryCreate(1, exponent, out FixedPoint value));
        Assert.True(value.IsZero);
        Assert.True(FixedPoint.TryCreate(0, exponent, out value));
        Assert.True(value.IsZero);
    }

    [Fact]
    public void A_packet_of_Kite_is_read()
    {
        var fields = new BinaryFields(s_kite, ByteOrder.BigEndian);
        Assert.True(fields.TryReadInteger(0, out uint token));
        Assert.True(fields.TryReadFixedPoint<int>(4, -2, out FixedPoint price));
        Assert.Equal(408065u, token);
        Assert.Equal("1424.00", price.ToString());
        Assert.Equal(8, fields.Length);
        Assert.False(fields.TryReadFixedPoint<int>(5, -2, out _));
    }

    [Fact]
    public void Times_and_unsigned_numbers_that_do_not_fit_are_refused()
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 1672515782136001);
        var fields = new BinaryFields(bytes, ByteOrder.LittleEndian);
        Assert.True(fields.TryReadTime<long>(0, UnixTimeUnit.Microseconds, out UnixTime time));
        Assert.Equal(1672515782136001000, time.Nanoseconds);
        Assert.False(fields.TryReadTime<long>(0, UnixTimeUnit.Seconds, out time));
        Assert.Equal(0, time.Nanoseconds);
        bytes.AsSpan().Fill(0xFF);
        Assert.False(fields.TryReadFixedPoint<ulong>(0, 0, out _));
        Assert.True(fields.TryReadFixedPoint<long>(0, 0, out FixedPoint value));
        Assert.Equal(-1, value.Mantissa);
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(1, true, true)]
    [InlineData(2, false, false)]
    [InlineData(255, false, false)]
    public void A_truth_value_is_1_or_0(byte written, bool read, bool value)
    {
        byte[] bytes = [written];
        var fields = new BinaryFields(bytes, ByteOrder.BigEndian);
        Assert.Equal((read, value), (fields.TryReadBoolean(0, out bool got), got));
        Assert.False(fields.TryReadBoolean(1, out _));
        Assert.False(fields.TryReadBoolean(-1, out _));
    }

    [Fact]
    public void Doubles_that_stand_for_a_decimal_become_it() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<long>().Select(any => any % 1_000_000_000_000_000).ToArbitrary(), Gen.Choose(0, 18).ToArbitrary(), (mantissa, scale) =>
        {
            double number = double.Parse(new FixedPoint(mantissa, (byte)scale).ToString(), CultureInfo.InvariantCulture);
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
            Assert.True(new BinaryFields(bytes, ByteOrder.BigEndian).TryReadDouble(0, out double read));
            return FixedPoint.TryFromDouble(read, scale, out FixedPoint value) && value.Mantissa == mantissa && value.Scale == scale
                && (mantissa % 10 == 0 || !FixedPoint.TryFromDouble(read, scale - 1, out _));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Theory]
    [InlineData(0.125, 2)]
    [InlineData(1e15, 0)]
    [InlineData(double.NaN, 2)]
    [InlineData(double.PositiveInfinity, 2)]
    [InlineData(double.Epsilon, 18)]
    [InlineData(1.0, 19)]
    [InlineData(1.0, -1)]
    public void Doubles_that_stand_for_none_are_refused(double number, int scale)
    {
        Assert.False(FixedPoint.TryFromDouble(number, scale, out FixedPoint value));
        Assert.True(value.IsZero);
    }

    private static void Same<T>(byte[] bytes, int offset)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        bool expected = offset >= 0 && offset + width <= bytes.Length;
        bool unsigned = T.IsZero(T.Zero - T.One) || T.IsPositive(unchecked(T.Zero - T.One));
        T little = expected ? T.ReadLittleEndian(bytes.AsSpan(offset, width), unsigned) : T.Zero;
        T big = expected ? T.ReadBigEndian(bytes.AsSpan(offset, width), unsigned) : T.Zero;
        Assert.Equal((expected, little), (new BinaryFields(bytes, ByteOrder.LittleEndian).TryReadInteger(offset, out T value), value));
        Assert.Equal((expected, big), (new BinaryFields(bytes, ByteOrder.BigEndian).TryReadInteger(offset, out value), value));
    }
}
