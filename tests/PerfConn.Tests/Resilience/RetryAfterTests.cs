using System;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public class RetryAfterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 6, 8, 49, 37, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", int.MaxValue)]
    [InlineData("99999999999999999999999", int.MaxValue)]
    [InlineData("Fri, 06 Nov 2026 08:50:37 GMT", 60)]
    [InlineData("Friday, 06-Nov-26 08:50:37 GMT", 60)]
    [InlineData("Fri Nov  6 08:50:37 2026", 60)]
    [InlineData("Fri, 06 Nov 2026 08:48:37 GMT", 0)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 0)]
    public void Seconds_and_dates_are_understood(string value, long seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(value, s_now));

    [Fact]
    public void A_date_at_the_end_of_time_is_far_away_and_nothing_worse() =>
        Assert.InRange(RetryAfter.Parse("Fri, 31 Dec 9999 23:59:59 GMT", s_now)!.Value, TimeSpan.FromDays(2_900_000), TimeSpan.MaxValue);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("1, 2")]
    [InlineData("soon")]
    [InlineData("Fri, 06 Nov 2026 08:50:37 CET")]
    [InlineData("Mon, 06 Nov 2026 08:50:37 GMT")]
    [InlineData("\u0661\u0662")]
    public void What_is_neither_says_nothing(string? value) => Assert.Null(RetryAfter.Parse(value, s_now));
}
