using System;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class Utf8BlockTests
{
    [Fact]
    public void Sixteen_digits_have_the_value_that_they_spell()
    {
        Gen<string> digits = Gen.Elements("00123456789999".ToCharArray()).ArrayOf(Utf8Block.Count).Select(letters => new string(letters));
        Prop.ForAll(digits.ToArbitrary(), text =>
        {
            Vector128<byte> block = Vector128.Create(Encoding.ASCII.GetBytes(text)) - Vector128.Create((byte)'0');
            long expected = long.Parse(text, CultureInfo.InvariantCulture);
            return Utf8Block.CombineWords(block) == expected && (!Sse41.IsSupported || Utf8Block.CombinePairs(block) == expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Every_byte_but_a_digit_stops_a_number()
    {
        Span<byte> text = stackalloc byte[Utf8Block.Count];
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            text.Fill((byte)'7');
            text[value % Utf8Block.Count] = (byte)value;
            uint expected = value is >= '0' and <= '9' ? 0 : 1u << (value % Utf8Block.Count);
            Assert.Equal(expected, new Utf8Block(text).Stops);
        }
    }

    [Fact]
    public void The_end_of_the_text_stops_a_number()
    {
        for (int length = 0; length <= Utf8Block.Count; length++)
        {
            uint stops = new Utf8Block("99999999999999999999"u8[..length]).Stops;
            Assert.Equal(0xFFFFu & ~((1u << length) - 1), stops);
        }
    }
}
