using System;
using System.Linq;

namespace PerfConn.Lab.Report;

/// <summary>Bars of ratios: how many times the reference's leading figure each has.</summary>
internal static class RatioPlot
{
    private const double Width = 820;
    private const double Left = 300;
    private const double Right = 70;
    private const double RowHeight = 22;
    private const double Top = 34;

    public static string Draw(ResultTable table)
    {
        ResultRow[] rows = [.. table.Rows.Where(r => double.IsFinite(table.Ratio(r)))];
        var canvas = new SvgCanvas(Width, Top + (rows.Length * RowHeight) + 12);
        canvas.Text(10, 20, $"{table.Title}: {table.Columns[0].Head}, ratio to {table.Reference}", isBold: true);
        double most = rows.Select(table.Ratio).DefaultIfEmpty(1).Max();
        double one = Left + ((Width - Left - Right) / most);
        canvas.Line(one, Top, one, Top + (rows.Length * RowHeight), "#bbbbbb");
        for (int i = 0; i < rows.Length; i++)
        {
            double ratio = table.Ratio(rows[i]);
            double y = Top + (i * RowHeight);
            canvas.Text(Left - 8, y + 14, rows[i].Name, "end");
            canvas.Rectangle(Left, y + 3, Math.Max(1, (Width - Left - Right) * ratio / most), RowHeight - 7, ColourOf(table, rows[i]));
            canvas.Text(Left + ((Width - Left - Right) * ratio / most) + 6, y + 14, TextTable.Number(ratio, 2));
        }
        return canvas.ToString();
    }

    private static string ColourOf(ResultTable table, ResultRow row) =>
        row.Name.StartsWith("PerfConn", StringComparison.Ordinal) || row.Name.StartsWith("SymbolMap", StringComparison.Ordinal) ? SvgCanvas.Palette[0]
        : row.Name == table.Reference ? SvgCanvas.Palette[1]
        : SvgCanvas.Palette[6];
}
