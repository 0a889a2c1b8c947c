using System.Globalization;
using System.Net;
using System.Text;

namespace PerfConn.Lab.Report;

/// <summary>A small SVG: rectangles, lines and text on white, so that it reads the same on a dark page.</summary>
internal sealed class SvgCanvas
{
    /// <summary>Colours that stay apart for the colour-blind (Okabe and Ito).</summary>
    public static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000"];

    private readonly StringBuilder _body = new();
    private readonly double _width;
    private readonly double _height;

    public SvgCanvas(double width, double height)
    {
        _width = width;
        _height = height;
        Rectangle(0, 0, width, height, "#ffffff");
    }

    public void Rectangle(double x, double y, double width, double height, string colour) =>
        Add($"<rect x=\"{x:F1}\" y=\"{y:F1}\" width=\"{width:F1}\" height=\"{height:F1}\" fill=\"{colour}\"/>");

    public void Line(double x1, double y1, double x2, double y2, string colour) =>
        Add($"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{colour}\"/>");

    public void Path(System.Collections.Generic.IEnumerable<(double X, double Y)> points, string colour, bool isDashed)
    {
        var text = new StringBuilder();
        foreach ((double x, double y) in points)
        {
            text.Append(CultureInfo.InvariantCulture, $"{x:F1},{y:F1} ");
        }

        Add($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"{(isDashed ? " stroke-dasharray=\"6 3\"" : "")} points=\"{text.ToString().TrimEnd()}\"/>");
    }

    /// <param name="anchor">start, middle or end.</param>
    public void Text(double x, double y, string text, string anchor = "start", bool isBold = false) =>
        Add($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\"{(isBold ? " font-weight=\"bold\"" : "")}>{WebUtility.HtmlEncode(text)}</text>");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {_width:F0} {_height:F0}\" width=\"{_width:F0}\" height=\"{_height:F0}\" font-family=\"sans-serif\" font-size=\"12\">\n{_body}</svg>\n");

    private void Add(System.FormattableString element) => _body.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
