using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

/// <summary>FixedPoint against System.Decimal, which holds every FixedPoint exactly, and against big integers where numbers do not fit.</summary>
public partial class FixedPointPropertyTests
{
    private static readonly Config s_many = Config.QuickThrowOnFailure.WithMaxTest(5000);

    private static Gen<FixedPoint> Numbers =>
        from mantissa in Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>(),
            Gen.Choose(-2000, 2000).Select(small => (long)small),
            Gen.Elements(long.MinValue, long.MaxValue, 0L, 10_000_000_000L))
        from shift in Gen.Choose(0, 40)
        from scale in Gen.Choose(0, FixedPoint.MaxScale)
        select new FixedPoint(mantissa >> shift, (byte)scale);

    [Fact]
    public void Text_and_number_are_the_same() =>
        Prop.ForAll(Numbers.ToArbitrary(), number =>
        {
            string text = number.ToDecimal().ToString(CultureInfo.InvariantCulture);
            Assert.Equal(text, number.Mantissa == 0 ? text : number.ToString());
            Assert.True(FixedPoint.TryParse(Encoding.ASCII.GetBytes(number.ToString()), out FixedPoint parsed));
            return parsed.Mantissa == number.Mantissa && parsed.Scale == number.Scale;
        }).Check(s_many);

    [Fact]
    public void Comparison_is_that_of_decimals() =>
        Prop.ForAll(Numbers.ToArbitrary(), Numbers.ToArbitrary(), (left, right) =>
            Math.Sign(left.CompareTo(right)) == left.ToDecimal().CompareTo(right.ToDecimal())
            && left.Equals(right) == (left.ToDecimal() == right.ToDecimal())
            && (!left.Equals(right) || left.GetHashCode() == right.GetHashCode())).Check(s_many);

    [Fact]
    public void Rescaling_keeps_the_value_or_fails() =>
        Prop.ForAll(Numbers.ToArbitrary(), Gen.Choose(0, FixedPoint.MaxScale).ToArbitrary(), (number, scale) =>
        {
            BigInteger up = number.Mantissa * BigInteger.Pow(10, Math.Max(scale - number.Scale, 0));
            BigInteger exact = BigInteger.DivRem(up, BigInteger.Pow(10, Math.Max(number.Scale - scale, 0)), out BigInteger lost);
            bool fits = lost.IsZero && exact >= long.MinValue && exact <= long.MaxValue;
            bool done = number.TryRescale(scale, out FixedPoint result);
            return done == fits && (!done || (result.Mantissa == exact && result.Scale == scale && result == number));
        }).Check(s_many);

    [Fact]
    public void Doubles_are_the_nearest_up_to_fifteen_digits() =>
        Prop.ForAll(Numbers.Where(n => Math.Abs((double)n.Mantissa) < 1e15).ToArbitrary(), number =>
            number.ToDouble().Equals(double.Parse(number.ToString(), CultureInfo.InvariantCulture))
            || number.Mantissa == 0).Check(s_many);

    /// <summary>Any text of the letters that numbers are made of: parsed if and only if the grammar and the range allow it, and then exactly.</summary>
    [Fact]
    public void Any_text_is_parsed_exactly_or_refused()
    {
        Gen<string> texts = Gen.Elements("0000123456789....--eE+ \"".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        Gen<string> numbers =
            from sign in Gen.Elements(string.Empty, "-")
            from whole in Digits(1, 24)
            from fraction in Gen.OneOf(Gen.Constant(string.Empty), Digits(1, 24).Select(digits => "." + digits))
            from exponent in Gen.OneOf(Gen.Constant(string.Empty), Gen.Choose(-25, 25).Select(power => "e" + power))
            select sign + whole + fraction + exponent;
        Prop.ForAll(Gen.OneOf(texts, numbers).ToArbitrary(), text =>
        {
            bool parsed = FixedPoint.TryParse(Encoding.ASCII.GetBytes(text), out FixedPoint value);
            bool representable = TryReadExactly(text, out BigInteger mantissa, out int scale);
            Assert.Equal(representable, parsed);
            return !parsed || value.Mantissa * BigInteger.Pow(10, Math.Max(scale - value.Scale, 0)) == mantissa * BigInteger.Pow(10, Math.Max(value.Scale - scale, 0));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30_000));
    }

    /// <summary>The vector way, the word way and the end of the text: all say the same, whatever stands behind the text in memory.</summary>
    [Fact]
    public void All_ways_of_reading_agree_and_see_only_the_text()
    {
        Gen<string> numbers =
            from sign in Gen.Elements(string.Empty, string.Empty, string.Empty, "-")
            from whole in Digits(0, 18)
            from fraction in Gen.OneOf(Gen.Constant(string.Empty), Digits(0, 18).Select(digits => "." + digits))
            from rest in Gen.Elements(string.Empty, "\"", "\",\"B\":\"31.21000000\"", "}", "e1", "E-2", ".", ".5", ",123456789", " ")
            select sign + whole + fraction + rest;
        Prop.ForAll(numbers.ToArbitrary(), Gen.Choose(0, 20).ToArbitrary(), (text, behind) =>
        {
            byte[] memory = Encoding.ASCII.GetBytes(text + "9.9999999999999999999999"[..behind]);
            ReadOnlySpan<byte> span = memory.AsSpan(0, text.Length);
            bool expected = FixedPoint.TryParseWords(Encoding.ASCII.GetBytes(text), out FixedPoint words, out int wordsConsumed);
            bool parsed = FixedPoint.TryParse(span, out FixedPoint value, out int consumed);
            Assert.Equal((expected, wordsConsumed, words.Mantissa, words.Scale), (parsed, consumed, value.Mantissa, value.Scale));

            bool expectedInteger = Utf8Integer.TryParseWords(Encoding.ASCII.GetBytes(text), out long integerWords, out wordsConsumed);
            bool parsedInteger = Utf8Integer.TryParse(span, out long integer, out consumed);
            return (expectedInteger, integerWords, wordsConsumed) == (parsedInteger, integer, consumed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30_000));
    }

    private static Gen<string> Digits(int least, int most) =>
        from count in Gen.Choose(least, most)
        from digits in Gen.Elements("00000123456789".ToCharArray()).ArrayOf(count)
        select new string(digits);

    /// <summary>The oracle: the value in lowest terms, if some scale of 0 to 18 and a long mantissa hold it.</summary>
    private static bool TryReadExactly(string text, out BigInteger mantissa, out int scale)
    {
        mantissa = 0;
        scale = 0;
        Match match = Number().Match(text);
        if (!match.Success)
        {
            return false;
        }

        string fraction = match.Groups["fraction"].Value;
        BigInteger exponent = match.Groups["exponent"].Success ? BigInteger.Parse(match.Groups["exponent"].Value, CultureInfo.InvariantCulture) : 0;
        mantissa = BigInteger.Parse(match.Groups["sign"].Value + match.Groups["whole"].Value + fraction, CultureInfo.InvariantCulture);
        if (mantissa.IsZero)
        {
            return true;
        }

        BigInteger places = fraction.Length - exponent;
        while (places > 0 && (mantissa % 10).IsZero)
        {
            mantissa /= 10;
            places--;
        }

        if (places < -40 || places > FixedPoint.MaxScale)
        {
            return false;
        }

        mantissa *= BigInteger.Pow(10, (int)BigInteger.Max(-places, 0));
        scale = (int)BigInteger.Max(places, 0);
        return mantissa >= long.MinValue && mantissa <= long.MaxValue;
    }

    [GeneratedRegex(@"\A(?<sign>-?)(?<whole>[0-9]+)(\.(?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]+))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
