using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace PerfConn.Diagnostics;

/// <summary>Writes histograms as text that people or programs read. Numbers are written the same in every culture.</summary>
public static class HistogramExport
{
    private static readonly double[] s_percentiles = [50, 90, 99, 99.9, 99.99, 100];

    /// <summary>A table with a row for each histogram: count, lowest, mean and the usual percentiles.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="unit">What the shown numbers are in, such as <c>us</c>.</param>
    /// <param name="divisor">Recorded units for each shown one, such as 1,000 for nanoseconds shown as microseconds.</param>
    /// <param name="histograms">The histograms and what they are called.</param>
    public static void WriteText(TextWriter output, string unit, double divisor, IReadOnlyList<(string Name, LogLinearHistogram Values)> histograms)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(histograms);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{unit,-12}{"count",12}{"min",10}{"mean",10}{"p50",10}{"p90",10}{"p99",10}{"p99.9",10}{"p99.99",10}{"max",10}"));
        foreach ((string name, LogLinearHistogram values) in histograms)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{name,-12}{values.Count,12}{values.Min / divisor,10:F2}{values.Mean / divisor,10:F2}"));
            foreach (double percentile in s_percentiles)
            {
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{values.Percentile(percentile) / divisor,10:F2}"));
            }

            output.WriteLine();
        }
    }

    /// <summary>
    /// Lines of <c>name,percentile,value,count</c> in recorded units, under a heading of these words. The percentiles come closer together towards 100; a name with a comma, quote
    /// or line break is quoted (RFC 4180).
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="histograms">The histograms and what they are called.</param>
    public static void WriteCsv(TextWriter output, IReadOnlyList<(string Name, LogLinearHistogram Values)> histograms)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(histograms);
        output.WriteLine("name,percentile,value,count");
        foreach ((string name, LogLinearHistogram values) in histograms)
        {
            string field = name.AsSpan().ContainsAny(",\"\r\n") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
            long count = values.Count;
            foreach (double percentile in PercentilesOf(count))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{field},{percentile:0.########},{values.Percentile(percentile)},{count}"));
            }
        }
    }

    /// <summary>0, then ten steps for each halving of what is left, as far as there are values to tell them apart, and 100.</summary>
    internal static IEnumerable<double> PercentilesOf(long count)
    {
        const int Steps = 10;
        for (double left = 1; count > 0 && left * count >= 1; left /= 2)
        {
            for (int step = 0; step < Steps; step++)
            {
                yield return 100 * (1 - (left * (1 - (step / (2.0 * Steps)))));
            }
        }

        yield return 100;
    }
}
