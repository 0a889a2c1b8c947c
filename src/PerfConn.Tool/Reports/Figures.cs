using System;
using System.Globalization;

namespace PerfConn.Tool.Reports;

/// <summary>Numbers as people read them: grouped, with the unit that keeps them short. Never the machine's culture.</summary>
internal static class Figures
{
    /// <summary><c>1,234,567</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>301,112/s</c>.</summary>
    public static string PerSecond(double value) => value.ToString("N0", CultureInfo.InvariantCulture) + "/s";

    /// <summary><c>46.2 MB/s</c>, in decimal megabytes.</summary>
    public static string BytesPerSecond(double value) => value switch
    {
        >= 999_950 => Format(value / 1e6, "0.0", "MB/s"),
        >= 999.5 => Format(value / 1e3, "0.0", "kB/s"),
        _ => Format(value, "0", "B/s"),
    };

    /// <summary><c>462.1 MB</c>, in decimal units.</summary>
    public static string Bytes(double value) => value switch
    {
        >= 999_950_000 => Format(value / 1e9, "0.00", "GB"),
        >= 999_950 => Format(value / 1e6, "0.0", "MB"),
        >= 999.5 => Format(value / 1e3, "0.0", "kB"),
        _ => Format(value, "0", "B"),
    };

    /// <summary><c>212 µs</c>, <c>3.21 ms</c>: three figures, whatever the magnitude.</summary>
    public static string Duration(long nanoseconds) => nanoseconds switch
    {
        < 1_000 => Format(nanoseconds, "0", "ns"),
        < 999_500 => ThreeFigures(nanoseconds / 1e3, "µs"),
        < 999_500_000 => ThreeFigures(nanoseconds / 1e6, "ms"),
        _ => ThreeFigures(nanoseconds / 1e9, "s"),
    };

    /// <summary><c>10.0 s</c>.</summary>
    public static string Seconds(double seconds) => Format(seconds, "N1", "s");

    /// <summary><c>0.0003 B</c>: a rate of almost nothing must not be shown as nothing.</summary>
    public static string BytesPerTick(long bytes, long ticks)
    {
        double value = ticks == 0 ? 0 : bytes / (double)ticks;
        return value is > 0 and < 0.0001 ? "< 0.0001 B" : Format(value, value < 1 && value > 0 ? "0.0000" : "0.##", "B");
    }

    private static string ThreeFigures(double value, string unit) =>
        Format(value, value >= 99.95 ? "N0" : value >= 9.995 ? "0.0" : "0.00", unit);

    private static string Format(double value, string format, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}");
}
