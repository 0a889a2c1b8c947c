using System;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class UnixTimeTests
{
    private static readonly Config s_many = Config.QuickThrowOnFailure.WithMaxTest(10_000);

    private static Gen<long> Nanoseconds =>
        from any in ArbMap.Default.GeneratorFor<long>()
        from shift in Gen.Choose(0, 30)
        from scale in Gen.Elements(1L, 1000L, 1_000_000L, 1_000_000_000L)
        select (any >> shift) / scale * scale;

    [Fact]
    public void Written_times_come_back_with_every_nanosecond() =>
        Prop.ForAll(Nanoseconds.Where(n => Math.Abs(n / 1_000_000_000) < long.MaxValue / 1_000_000_000).ToArbitrary(), nanoseconds =>
        {
            var time = new UnixTime(nanoseconds);
            string text = time.ToString();
            string fix = text.Replace("-", string.Empty, StringComparison.Ordinal).Replace('T', '-').TrimEnd('Z');
            return UnixTime.TryParseRfc3339(Encoding.ASCII.GetBytes(text), out UnixTime read) && read == time
                && UnixTime.TryParseFix(Encoding.ASCII.GetBytes(fix), out read) && read == time;
        }).Check(s_many);

    /// <summary>A time as DateTimeOffset writes it, with any offset and number of decimals, and one letter of it perhaps changed.</summary>
    [Fact]
    public void Rfc_times_are_judged_as_the_base_library_judges_them()
    {
        Gen<string> texts =
            from seconds in Gen.Choose(int.MinValue, int.MaxValue)
            from ticks in Gen.Choose(0, 9_999_999)
            from offset in Gen.Choose(-14 * 60, 14 * 60)
            from decimals in Gen.Choose(0, 7)
            from place in Gen.Choose(0, 60)
            from letter in Gen.Elements("0123456789:-+.TZ ".ToCharArray())
            let time = DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(ticks).ToOffset(TimeSpan.FromMinutes(offset))
            let format = "yyyy-MM-dd'T'HH:mm:ss" + (decimals == 0 ? string.Empty : "." + new string('f', decimals)) + (offset == 0 ? "'Z'" : "zzz")
            let text = time.ToString(format, CultureInfo.InvariantCulture)
            select place < text.Length ? text[..place] + letter + text[(place + 1)..] : text;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK"];
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            bool read = UnixTime.TryParseRfc3339(Encoding.ASCII.GetBytes(text), out UnixTime time);
            bool expected = DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset other);

            // The base library goes without an offset and takes one beyond 14 hours for a mistake, and knows no leap second.
            bool zoned = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
            if (!expected || !zoned)
            {
                bool wide = text[^3] == ':' && (text[^6..^3] + text[^2..]) is var zone && int.TryParse(zone, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int hours) && Math.Abs(hours) > 1400;
                return !read || wide || text.Contains(":60", StringComparison.Ordinal);
            }

            bool reach = Math.Abs((other - DateTimeOffset.UnixEpoch).TotalSeconds) < 9_223_372_036;
            return read == reach && (!read || (time.ToDateTimeOffset() == other && time.Nanoseconds % 100 == 0));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Theory]
    [InlineData("2022-12-25T09:30:59.123456Z", 1671960659123456000)]
    [InlineData("2023-02-09T20:30:37.167359596Z", 1675974637167359596)]
    [InlineData("2023-02-10t02:00:37.167359596+05:30", 1675974637167359596)]
    [InlineData("2023-02-09 20:30:37z", 1675974637000000000)]
    [InlineData("2023-02-09T20:30:37.1-00:00", 1675974637100000000)]
    [InlineData("2023-02-09T20:30:37.123456789000Z", 1675974637123456789)]
    [InlineData("1969-12-31T23:59:59.999999999Z", -1)]
    [InlineData("2016-12-31T23:59:60.5Z", 1483228800500000000)]
    [InlineData("2017-01-01T05:29:60+05:30", 1483228800000000000)]
    [InlineData("2024-02-29T00:00:00Z", 1709164800000000000)]
    public void Reads_what_venues_send(string text, long nanoseconds)
    {
        Assert.True(UnixTime.TryParseRfc3339(Encoding.ASCII.GetBytes(text), out UnixTime time));
        Assert.Equal(nanoseconds, time.Nanoseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2023-02-09")]
    [InlineData("2023-02-09T20:30:37")]
    [InlineData("2023-02-09T20:30Z")]
    [InlineData("2023-02-09T20:30:37.Z")]
    [InlineData("2023-02-09T20:30:37.1234567891Z")]
    [InlineData("2023-02-09T20:30:37Z ")]
    [InlineData("2023-02-09T20:30:37+0530")]
    [InlineData("2023-02-09T20:30:37+24:00")]
    [InlineData("2023-02-09T20:30:37+00:60")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2023-13-01T00:00:00Z")]
    [InlineData("2023-00-01T00:00:00Z")]
    [InlineData("2023-01-00T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2023-02-09T24:00:00Z")]
    [InlineData("2023-02-09T20:60:00Z")]
    [InlineData("2023-02-09T20:30:60Z")]
    [InlineData("2016-12-31T23:59:61Z")]
    [InlineData("2016-12-30T23:59:60Z")]
    [InlineData("1600-01-01T00:00:00Z")]
    [InlineData("2300-01-01T00:00:00Z")]
    [InlineData("20230209T203037Z")]
    public void Refuses_what_is_no_moment(string text)
    {
        Assert.False(UnixTime.TryParseRfc3339(Encoding.ASCII.GetBytes(text), out UnixTime time));
        Assert.Equal(0, time.Nanoseconds);
    }

    [Theory]
    [InlineData("20261121-15:04:05.123", 1795273445123000000)]
    [InlineData("20261121-15:04:05", 1795273445000000000)]
    [InlineData("20161231-23:59:60", 1483228800000000000)]
    [InlineData("20261121-15:04:05.123456789000", 1795273445123456789)]
    [InlineData("20261121-15:04:05.123456789001", null)]
    [InlineData("20261121-15:04", null)]
    [InlineData("20261121-15:04:05Z", null)]
    [InlineData("2026-11-21-15:04:05", null)]
    public void Reads_the_timestamps_of_FIX(string text, long? nanoseconds)
    {
        Assert.Equal(nanoseconds is not null, UnixTime.TryParseFix(Encoding.ASCII.GetBytes(text), out UnixTime time));
        Assert.Equal(nanoseconds ?? 0, time.Nanoseconds);
    }

    [Theory]
    [InlineData("1753105783", UnixTimeUnit.Seconds, 1753105783000000000)]
    [InlineData("1672515782.136", UnixTimeUnit.Seconds, 1672515782136000000)]
    [InlineData("1672515782136", UnixTimeUnit.Milliseconds, 1672515782136000000)]
    [InlineData("1672515782136.25", UnixTimeUnit.Milliseconds, 1672515782136250000)]
    [InlineData("1672515782136001", UnixTimeUnit.Microseconds, 1672515782136001000)]
    [InlineData("1672515782136001002", UnixTimeUnit.Nanoseconds, 1672515782136001002)]
    [InlineData("1.672515782136e9", UnixTimeUnit.Seconds, 1672515782136000000)]
    [InlineData("-1.5", UnixTimeUnit.Microseconds, -1500L)]
    [InlineData("0.5", UnixTimeUnit.Nanoseconds, null)]
    [InlineData("1672515782.1360000001", UnixTimeUnit.Seconds, null)]
    [InlineData("1672515782136", UnixTimeUnit.Seconds, null)]
    [InlineData("9223372037", UnixTimeUnit.Seconds, null)]
    [InlineData("-9223372037", UnixTimeUnit.Seconds, null)]
    [InlineData("1672515782136 ", UnixTimeUnit.Milliseconds, null)]
    [InlineData("", UnixTimeUnit.Milliseconds, null)]
    public void Reads_what_counts_from_1970(string text, UnixTimeUnit unit, long? nanoseconds)
    {
        Assert.Equal(nanoseconds is not null, UnixTime.TryParse(Encoding.ASCII.GetBytes(text), unit, out UnixTime time));
        Assert.Equal(nanoseconds ?? 0, time.Nanoseconds);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void The_base_library_gets_the_100_nanoseconds_before(long nanoseconds)
    {
        long ticks = new UnixTime(nanoseconds).ToDateTimeOffset().Ticks - DateTimeOffset.UnixEpoch.Ticks;
        Assert.Equal((long)Int128.DivRem((Int128)nanoseconds - (nanoseconds < 0 ? 99 : 0), 100).Quotient, ticks);
    }

    [Fact]
    public void An_unknown_unit_is_a_mistake() => Assert.Throws<ArgumentOutOfRangeException>(() => UnixTime.TryCreate(1, (UnixTimeUnit)10, out _));

    [Fact]
    public void Later_is_more()
    {
        var early = new UnixTime(1);
        var late = new UnixTime(2);
        Assert.True(early < late && late > early && early <= late && late >= early && early.CompareTo(late) < 0);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] rfc = "2023-02-10T02:00:37.167359596+05:30"u8.ToArray();
        byte[] fix = "20261121-15:04:05.123"u8.ToArray();
        byte[] number = "1672515782.136"u8.ToArray();
        long sum = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                sum += UnixTime.TryParseRfc3339(rfc, out UnixTime time) ? time.Nanoseconds : 1;
                sum -= UnixTime.TryParseFix(fix, out time) ? time.Nanoseconds : 1;
                sum += UnixTime.TryParse(number, UnixTimeUnit.Seconds, out time) ? time.Nanoseconds : 1;
            }
        });
        Assert.NotEqual(0, sum);
    }
}
