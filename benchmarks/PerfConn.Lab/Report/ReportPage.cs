using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace PerfConn.Lab.Report;

/// <summary>The report as a page: Markdown, its plots beside it, and the figures once more as JSON.</summary>
internal sealed class ReportPage(LabReport report, string folder)
{
    // A build that has just ended leaves about as much.
    private const double Busy = 1;

    private readonly StringBuilder _page = new();

    /// <summary>Writes the page, and removes plots of an earlier run.</summary>
    public async Task WriteAsync()
    {
        Directory.CreateDirectory(folder);
        foreach (string old in Directory.GetFiles(folder, "*.svg"))
        {
            File.Delete(old);
        }

        Head();
        Bars();
        foreach (ResultTable table in report.Tables)
        {
            await TableAsync(table);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), _page.ToString().TrimEnd('\n') + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), report.ToJson() + "\n");
    }

    private void Head()
    {
        _page.Append("# The hot path, measured\n\n");
        _page.Append(CultureInfo.InvariantCulture, $"    {report.Command}\n\n");
        _page.Append(CultureInfo.InvariantCulture, $"Each contestant is a process of its own against a server in another one, on loopback: it connects, warms up, and is then measured for {report.Seconds} s. {report.Rounds} round{(report.Rounds == 1 ? "" : "s")} (fewer in side tables), all contestants in turn; medians. ");
        _page.Append("Ratios within one run are what counts, absolute figures are this machine's; of times, CPU and bytes less is better. CPU is user and system time of the contestant's whole process; bytes are what its managed heap was asked for, connect and warm-up left out. ");
        _page.Append("See [how the lab measures](../README.md).\n\n");
        Rows(["Machine", ""], report.Machine.Select(f => new[] { f.Key, f.Value }), numbers: false);
        if (double.TryParse(report.Machine[MachineFacts.LoadBefore], CultureInfo.InvariantCulture, out double load) && load > Busy)
        {
            _page.Append("\n**The machine was busy when the run began: these figures are indications.**\n");
        }

        foreach (string absent in report.Absent)
        {
            _page.Append(CultureInfo.InvariantCulture, $"- {absent}\n");
        }
    }

    private void Bars()
    {
        if (report.Bars.Count == 0)
        {
            return;
        }

        _page.Append("\n## Bars\n\n");
        Rows(
            ["What", "Bar", "Measured", "Met"],
            report.Bars.Select(b => new[] { b.What, b.Limit, b.Measured is { } value ? Measured(value) : "not measured", b.Met switch { true => "yes", false => "**no**", null => "-" } }),
            numbers: false);
    }

    private async Task TableAsync(ResultTable table)
    {
        _page.Append(CultureInfo.InvariantCulture, $"\n## {table.Title}\n\n");
        Rows(["", .. table.Columns.Select(c => c.Head), "x " + table.Reference], table.Rows.Select(r => TextTable.Cells(table, r)), numbers: true);
        foreach (ResultRow row in table.Rows.Where(r => r.Failure is not null))
        {
            _page.Append(CultureInfo.InvariantCulture, $"\n{row.Name}: {row.Failure}\n");
        }

        if (table.Rows.Any(r => double.IsFinite(table.Ratio(r))))
        {
            await PlotAsync(table, "ratios", RatioPlot.Draw(table));
        }

        if (table.Rows.Any(r => r.Percentiles is not null))
        {
            await PlotAsync(table, "percentiles", PercentilePlot.Draw(table));
        }
    }

    private async Task PlotAsync(ResultTable table, string what, string svg)
    {
        string file = $"{table.Key}-{what}.svg";
        await File.WriteAllTextAsync(Path.Combine(folder, file), svg);
        _page.Append(CultureInfo.InvariantCulture, $"\n![{table.Title}: {what}]({file})\n");
    }

    private void Rows(string[] head, IEnumerable<string[]> rows, bool numbers)
    {
        _page.Append("| ").AppendJoin(" | ", head).Append(" |\n|").AppendJoin("|", head.Select((_, i) => numbers && i > 0 ? "---:" : "---")).Append("|\n");
        foreach (string[] row in rows)
        {
            _page.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }
    }

    private static string Measured(double value) => value.ToString(value >= 100 ? "#,0" : "0.###", CultureInfo.InvariantCulture);
}
