using System;
using System.Globalization;
using System.Linq;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Report;

/// <summary>Latency over percentiles, both logarithmic: each step to the right is ten times rarer.</summary>
internal static class PercentilePlot
{
    private const double Width = 820;
    private const double Height = 400;
    private const double Left = 60;
    private const double Right = 275;
    private const double Top = 34;
    private const double Bottom = 40;

    private static readonly double[] s_marks = [10, 50, 90, 99, 99.9, 99.99];

    public static string Draw(ResultTable table)
    {
        ResultRow[] rows = [.. table.Rows.Where(r => r.Percentiles is not null)];
        var canvas = new SvgCanvas(Width, Height);
        canvas.Text(10, 20, $"{table.Title}: microseconds at percentiles", isBold: true);
        double[] all = [.. rows.SelectMany(r => r.Percentiles!).Where(v => v > 0).DefaultIfEmpty(1000)];
        int low = (int)Math.Floor(Math.Log10(all.Min()));
        int high = Math.Max(low + 1, (int)Math.Ceiling(Math.Log10(all.Max())));
        double Y(double nanoseconds) => Height - Bottom - ((Math.Log10(Math.Max(nanoseconds, Math.Pow(10, low))) - low) / (high - low) * (Height - Top - Bottom));
        for (int power = low; power <= high; power++)
        {
            double y = Y(Math.Pow(10, power));
            canvas.Line(Left, y, Width - Right, y, "#dddddd");
            canvas.Text(Left - 6, y + 4, (Math.Pow(10, power) / 1000).ToString("0.###", CultureInfo.InvariantCulture), "end");
        }

        foreach (double mark in s_marks)
        {
            canvas.Line(X(mark), Top, X(mark), Height - Bottom, "#dddddd");
            canvas.Text(X(mark), Height - Bottom + 16, "p" + mark.ToString(CultureInfo.InvariantCulture), "middle");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            string colour = SvgCanvas.Palette[i % SvgCanvas.Palette.Length];
            bool isDashed = i >= SvgCanvas.Palette.Length;
            canvas.Path(rows[i].Percentiles!.Select((v, p) => (X(Quantiles.Points[p]), Y(v))), colour, isDashed);
            double y = Top + 10 + (i * 18);
            canvas.Path([(Width - Right + 8, y), (Width - Right + 30, y)], colour, isDashed);
            canvas.Text(Width - Right + 36, y + 4, rows[i].Name);
        }

        return canvas.ToString();
    }

    private static double X(double percentile)
    {
        const double last = 99.99;
        return Left + (Math.Log10(1 / (1 - (percentile / 100))) / Math.Log10(1 / (1 - (last / 100))) * (Width - Left - Right));
    }
}
