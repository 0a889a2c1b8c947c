using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PerfConn.Lab.Report;

/// <summary>A comparison as lines of text.</summary>
internal static class TextTable
{
    public static void Write(TextWriter output, ResultTable table)
    {
        List<string[]> lines = [["", .. table.Columns.Select(c => c.Head), "x " + table.Reference]];
        lines.AddRange(table.Rows.Select(r => Cells(table, r)));
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(l => i < l.Length ? l[i].Length : 0))];
        output.WriteLine(table.Title);
        foreach (string[] line in lines)
        {
            output.WriteLine("  " + string.Join("  ", line.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }

        foreach (ResultRow row in table.Rows.Where(r => r.Failure is not null))
        {
            output.WriteLine($"  {row.Name}: {row.Failure}");
        }

        output.WriteLine();
    }

    /// <summary>Name, figures, ratio.</summary>
    public static string[] Cells(ResultTable table, ResultRow row) =>
        [row.Name, .. table.Columns.Select(c => Number(row[c] / c.Scale, c.Digits)), Number(table.Ratio(row), 2)];

    public static string Number(double value, int digits) =>
        double.IsFinite(value) ? value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : "-";
}
