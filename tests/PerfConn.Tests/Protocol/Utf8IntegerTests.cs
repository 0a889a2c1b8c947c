using System;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class Utf8IntegerTests
{
    [Fact]
    public void Every_long_comes_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Gen.Choose(0, 63).ToArbitrary(), (value, shift) =>
        {
            byte[] text = Encoding.ASCII.GetBytes((value >> shift).ToString(CultureInfo.InvariantCulture));
            return Utf8Integer.TryParse(text, out long parsed) && parsed == value >> shift;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Any_text_is_judged_as_the_base_library_judges_it()
    {
        Gen<string> texts = Gen.Elements("0123456789-9999 +x".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            bool expected = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && text[0] != '+';
            bool parsed = Utf8Integer.TryParse(Encoding.ASCII.GetBytes(text), out long actual);
            return parsed == expected && (!parsed || actual == value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30_000));
    }

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0000000000000000000000000001", 1L)]
    [InlineData("-0", 0L)]
    public void Reads_the_ends_of_the_range(string text, long expected)
    {
        Assert.True(Utf8Integer.TryParse(Encoding.ASCII.GetBytes(text), out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("99999999999999999999999999")]
    public void Refuses_the_rest(string text)
    {
        Assert.False(Utf8Integer.TryParse(Encoding.ASCII.GetBytes(text), out long value));
        Assert.False(Utf8Integer.TryParse(Encoding.ASCII.GetBytes(text), out _, out int consumed) && consumed == text.Length);
        Assert.True(text.Contains('.', StringComparison.Ordinal) || value == 0);
    }

    [Fact]
    public void Ends_where_the_digits_end()
    {
        Assert.True(Utf8Integer.TryParse("400900217,\"s\""u8, out long value, out int consumed));
        Assert.Equal(400900217, value);
        Assert.Equal(9, consumed);
        Assert.False(Utf8Integer.TryParse("x1"u8, out _, out consumed));
        Assert.Equal(0, consumed);
    }
}
