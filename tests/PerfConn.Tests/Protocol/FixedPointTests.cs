using System;
using System.Globalization;
using System.Text;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class FixedPointTests
{
    [Theory]
    [InlineData("25.35190000", 2535190000, 8)]
    [InlineData("0.00001234", 1234, 8)]
    [InlineData("0", 0, 0)]
    [InlineData("-0.50", -50, 2)]
    [InlineData("0.0", 0, 1)]
    [InlineData("-0", 0, 0)]
    [InlineData("007.5", 75, 1)]
    [InlineData("12345678", 12345678, 0)]
    [InlineData("123456789", 123456789, 0)]
    [InlineData("1234567.12345678", 123456712345678, 8)]
    [InlineData("12345678.12345678", 1234567812345678, 8)]
    [InlineData("1e3", 1000, 0)]
    [InlineData("1.5E-7", 15, 8)]
    [InlineData("1.50e1", 150, 1)]
    [InlineData("1.5e+3", 1500, 0)]
    [InlineData("1200e-2", 1200, 2)]
    [InlineData("0e400", 0, 0)]
    [InlineData("0.00e-400", 0, 18)]
    [InlineData("9223372036854775807", long.MaxValue, 0)]
    [InlineData("-9223372036854775808", long.MinValue, 0)]
    [InlineData("-9.223372036854775808", long.MinValue, 18)]
    [InlineData("0.000000000000000001", 1, 18)]
    [InlineData("0.1000000000000000000000", 100000000000000000, 18)]
    public void Parses_exactly_what_is_written(string text, long mantissa, byte scale)
    {
        Assert.True(FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out FixedPoint value));
        Assert.Equal(mantissa, value.Mantissa);
        Assert.Equal(scale, value.Scale);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-.5")]
    [InlineData("+5")]
    [InlineData("--5")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5.5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("\u0661")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("0.0000000000000000001")]
    [InlineData("1e19")]
    [InlineData("1e-19")]
    [InlineData("1e99999999999999999999")]
    [InlineData("99999999999999999999.5")]
    [InlineData("123456789012.12345678000000000000")]
    public void Refuses_what_is_no_number_or_does_not_fit(string text)
    {
        Assert.False(FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out FixedPoint value));
        Assert.Equal(0, value.Mantissa);
        Assert.Equal(0, value.Scale);
    }

    [Theory]
    [InlineData("25.35190000", "")]
    [InlineData("25.35190000", "\",\"B\":\"31.21000000\"")]
    [InlineData("1", "}")]
    [InlineData("-12.5", ",7")]
    [InlineData("6425.1", "]")]
    [InlineData("1e3", ".5")]
    public void Ends_where_the_number_ends_however_much_follows(string number, string rest)
    {
        for (int length = 0; length <= rest.Length; length++)
        {
            Assert.True(FixedPoint.TryParse(Encoding.UTF8.GetBytes(number + rest[..length]), out FixedPoint value, out int consumed));
            Assert.Equal(number.Length, consumed);
            Assert.Equal(decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture), value.ToDecimal());
        }
    }

    [Fact]
    public void Compares_by_value()
    {
        FixedPoint one = Parse("1.50");
        FixedPoint other = Parse("1.5");

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.True(one == other && one <= other && one >= other && !(one != other) && !(one < other) && !(one > other));
        Assert.True(Parse("1.49999999") < one);
        Assert.True(Parse("-2") < Parse("-1.9"));
        Assert.True(Parse("9223372036854775807") > Parse("0.000000000000000001"));
        Assert.False(one.Equals((object)"1.5"));
    }

    [Theory]
    [InlineData("1.5", 4, "1.5000")]
    [InlineData("1.5000", 1, "1.5")]
    [InlineData("-7", 18, "-7.000000000000000000")]
    [InlineData("-10", 18, null)]
    [InlineData("1.55", 1, null)]
    [InlineData("9223372036854775807", 1, null)]
    [InlineData("-9223372036854775808", 0, "-9223372036854775808")]
    [InlineData("1", 19, null)]
    [InlineData("1", -1, null)]
    public void Rescales_exactly_or_not_at_all(string from, int scale, string? to)
    {
        Assert.Equal(to is not null, Parse(from).TryRescale(scale, out FixedPoint result));
        Assert.Equal(to ?? "0", result.ToString());
    }

    [Fact]
    public void Formats_as_it_was_written_and_says_when_it_does_not_fit()
    {
        Span<byte> space = stackalloc byte[FixedPoint.MaxTextLength];
        Assert.True(new FixedPoint(long.MinValue, 18).TryFormat(space, out int written));
        Assert.Equal("-9.223372036854775808", Encoding.ASCII.GetString(space[..written]));
        Assert.True(new FixedPoint(-5, 18).TryFormat(space, out written));
        Assert.Equal("-0.000000000000000005", Encoding.ASCII.GetString(space[..written]));
        Assert.False(new FixedPoint(12345, 2).TryFormat(space[..5], out written));
        Assert.Equal(0, written);
        Assert.Equal("Price 25.35190000.", $"Price {Parse("25.35190000")}.");
    }

    [Fact]
    public void A_scale_beyond_18_is_a_mistake() => Assert.Throws<ArgumentOutOfRangeException>(() => new FixedPoint(1, 19));

    [Fact]
    public void Parsing_and_formatting_allocate_nothing()
    {
        byte[][] texts = [.. Array.ConvertAll(["25.35190000", "0.1", "1e3", "-9223372036854775808", "x"], Encoding.ASCII.GetBytes)];
        byte[] space = new byte[FixedPoint.MaxTextLength];
        int parsed = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                bool good = FixedPoint.TryParse(texts[i % texts.Length], out FixedPoint value);
                parsed += good && value.TryFormat(space, out _) && value.TryRescale(8, out FixedPoint same) && same == value ? 1 : 0;
            }
        });
        Assert.Equal(2 * 60_000, parsed);
    }

    private static FixedPoint Parse(string text)
    {
        Assert.True(FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out FixedPoint value));
        return value;
    }
}
