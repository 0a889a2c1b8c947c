using PerfConn.Tool.Reports;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>Numbers as the reports show them.</summary>
public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(1_000, "1.00 µs")]
    [InlineData(9_994, "9.99 µs")]
    [InlineData(9_996, "10.0 µs")]
    [InlineData(99_949, "99.9 µs")]
    [InlineData(99_951, "100 µs")]
    [InlineData(999_499, "999 µs")]
    [InlineData(999_500, "1.00 ms")]
    [InlineData(8_520_000, "8.52 ms")]
    [InlineData(999_499_999, "999 ms")]
    [InlineData(999_500_000, "1.00 s")]
    [InlineData(1_234_600_000_000, "1,235 s")]
    public void A_duration_has_three_figures(long nanoseconds, string text) => Assert.Equal(text, Figures.Duration(nanoseconds));

    [Theory]
    [InlineData(0, 0, "0 B")]
    [InlineData(0, 1_000_000, "0 B")]
    [InlineData(1, 1_000_000, "< 0.0001 B")]
    [InlineData(461, 1_000, "0.4610 B")]
    [InlineData(1_500, 1_000, "1.5 B")]
    public void Almost_nothing_is_not_shown_as_nothing(long bytes, long ticks, string text) => Assert.Equal(text, Figures.BytesPerTick(bytes, ticks));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(1_234_567_890, "1.23 GB")]
    public void Bytes_come_in_the_unit_that_keeps_them_short(long bytes, string text) => Assert.Equal(text, Figures.Bytes(bytes));
}
