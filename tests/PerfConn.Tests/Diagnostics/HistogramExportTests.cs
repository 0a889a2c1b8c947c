using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using PerfConn.Diagnostics;
using Xunit;

namespace PerfConn.Tests.Diagnostics;

public sealed class HistogramExportTests
{
    [Fact]
    public void The_table_has_a_row_for_each_histogram_in_the_unit_asked_for()
    {
        var output = new StringWriter();
        HistogramExport.WriteText(output, "us", 1000, [("parsed", Of(1000, 2000, 3000, 100_000)), ("empty", new LogLinearHistogram())]);

        string[][] rows = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Equal(["us", "count", "min", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"], rows[0]);
        Assert.Equal(["parsed", "4", "1.00", "26.50", "2.02", "100.00", "100.00", "100.00", "100.00", "100.00"], rows[1]);
        Assert.Equal(["empty", "0", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"], rows[2]);
    }

    [Fact]
    public void The_lines_for_programs_never_fall_and_end_at_the_maximum()
    {
        var output = new StringWriter();
        LogLinearHistogram values = Of([.. Enumerable.Range(1, 1000).Select(i => (long)i)]);
        HistogramExport.WriteCsv(output, [("a, \"quoted\" name", values)]);

        string[] lines = output.ToString().Split(["\r\n", "\n"], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("name,percentile,value,count", lines[0]);
        Assert.All(lines[1..], line => Assert.StartsWith("\"a, \"\"quoted\"\" name\",", line, StringComparison.Ordinal));
        double[][] numbers = [.. lines[1..].Select(line => line.Split(',')[^3..].Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal([0, 1, 1000], numbers[0]);
        Assert.Equal([100, 1000, 1000], numbers[^1]);
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.First[0] < pair.Second[0] && pair.First[1] <= pair.Second[1]));
        Assert.Contains(numbers, row => row[0] > 99.8 && row[0] < 100);
    }

    [Fact]
    public void The_picture_is_xml_with_a_curve_for_each_histogram_that_has_values_inside_its_frame()
    {
        var output = new StringWriter();
        HistogramSvg.Write(output, "a < b", "ns", [("one & two", Of(5, 50, 500)), ("empty", new LogLinearHistogram()), ("far", Of(0, long.MaxValue))]);

        XElement svg = XDocument.Parse(output.ToString()).Root!;
        XNamespace ns = "http://www.w3.org/2000/svg";
        XElement[] curves = [.. svg.Elements(ns + "polyline")];
        Assert.Equal(2, curves.Length);
        Assert.Contains(svg.Elements(ns + "text"), text => text.Value == "one & two");
        Assert.Contains(svg.Elements(ns + "text"), text => text.Value == "a < b, ns");
        foreach (string point in curves.SelectMany(curve => curve.Attribute("points")!.Value.Split(' ')))
        {
            double[] at = [.. point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
            Assert.InRange(at[0], 0, 900);
            Assert.InRange(at[1], 0, 480);
        }
    }

    [Fact]
    public void A_picture_of_nothing_is_a_picture()
    {
        var output = new StringWriter();
        HistogramSvg.Write(output, "nothing", "ns", []);
        Assert.Equal("svg", XDocument.Parse(output.ToString()).Root!.Name.LocalName);
    }

    private static LogLinearHistogram Of(params ReadOnlySpan<long> values)
    {
        var histogram = new LogLinearHistogram();
        foreach (long value in values)
        {
            histogram.Record(value);
        }

        return histogram;
    }
}
