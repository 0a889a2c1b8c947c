using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;

namespace PerfConn.Diagnostics;

/// <summary>
/// Draws histograms as curves over the percentiles: to the right each step is ten times rarer (90, 99, 99.9 ...), upwards each is ten times more. So the tail, which a
/// linear scale would hide in its last pixel, takes up most of the picture.
/// </summary>
public static class HistogramSvg
{
    private const int Width = 900;
    private const int Height = 480;
    private const int Left = 70;
    private const int Right = 150;
    private const int Top = 40;
    private const int Bottom = 50;

    private static readonly string[] s_colours = ["#1b6ca8", "#c8553d", "#3a7d44", "#7d5ba6", "#b5892e", "#4a4a4a", "#c2527f", "#2a9d8f"];

    /// <summary>Writes a whole SVG document. Histograms without values are left out.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="title">What the values are.</param>
    /// <param name="unit">Their unit.</param>
    /// <param name="histograms">The histograms and what they are called.</param>
    public static void Write(TextWriter output, string title, string unit, IReadOnlyList<(string Name, LogLinearHistogram Values)> histograms)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(histograms);
        (string Name, LogLinearHistogram Values)[] drawn = [.. histograms.Where(h => h.Values.Count > 0)];
        double nines = Math.Max(1, Math.Ceiling(Math.Log10(drawn.Select(h => h.Values.Count).DefaultIfEmpty(10).Max())));
        double low = Math.Floor(Math.Log10(Math.Max(1, drawn.Select(h => h.Values.Min).DefaultIfEmpty(1).Min())));
        double high = Math.Max(low + 1, Math.Ceiling(Math.Log10(Math.Max(10, drawn.Select(h => h.Values.Max).DefaultIfEmpty(10).Max()))));
        double X(double percentile) => Left + ((Width - Left - Right) * Math.Min(nines, -Math.Log10(Math.Max(1 - (percentile / 100), 1e-12))) / nines);
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (Math.Log10(Math.Max(1, value)) - low) / (high - low));

        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"22\" font-size=\"15\">{Escape(title)}, {Escape(unit)}</text>");
        for (int nine = 0; nine <= nines; nine++)
        {
            double percentile = 100 * (1 - Math.Pow(10, -nine));
            Line(svg, $"<line x1=\"{X(percentile):F1}\" y1=\"{Top}\" x2=\"{X(percentile):F1}\" y2=\"{Height - Bottom}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{X(percentile):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{percentile:0.########}</text>");
        }

        for (double power = low; power <= high; power++)
        {
            double value = Math.Pow(10, power);
            Line(svg, $"<line x1=\"{Left}\" y1=\"{Y(value):F1}\" x2=\"{Width - Right}\" y2=\"{Y(value):F1}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{Left - 8}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{value:#,0}</text>");
        }

        Line(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">percentile</text>");
        for (int i = 0; i < drawn.Length; i++)
        {
            string colour = s_colours[i % s_colours.Length];
            LogLinearHistogram values = drawn[i].Values;
            IEnumerable<string> points = HistogramExport.PercentilesOf(values.Count).Select(
                p => string.Create(CultureInfo.InvariantCulture, $"{X(p):F1},{Y(values.Percentile(p)):F1}"));
            Line(svg, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', points)}\"/>");
            Line(svg, $"<text x=\"{Width - Right + 12}\" y=\"{Top + 14 + (i * 18)}\" fill=\"{colour}\">{Escape(drawn[i].Name)}</text>");
        }

        Line(svg, $"</svg>");
        output.Write(svg);
    }

    private static void Line(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
