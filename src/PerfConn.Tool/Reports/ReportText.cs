using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Reports;

/// <summary>Reports for people: what it is on the left, the figure on the right, aligned by its end; what a figure means beside it.</summary>
internal static class ReportText
{
    public static void Write(ToolConsole console, WatchReport report)
    {
        double seconds = report.Seconds > 0 ? report.Seconds : 1;
        var lines = new List<ReportLine>
        {
            new("time", Figures.Seconds(report.Seconds)),
            new("messages", Figures.Count(report.Frames), Figures.PerSecond(report.Frames / seconds)),
            new("ticks", Figures.Count(report.Ticks), Figures.PerSecond(report.Ticks / seconds)),
            new("symbols", Figures.Count(report.Symbols)),
            new("payload", Figures.Bytes(report.Bytes), Figures.BytesPerSecond(report.Bytes / seconds)),
            new("allocated", Figures.Bytes(report.AllocatedBytes), Figures.BytesPerTick(report.AllocatedBytes, report.Ticks) + "/tick"),
        };
        AddAge(lines, report.DataAge);
        lines.Add(new ReportLine("gaps", Figures.Count(report.Gaps)));
        lines.Add(new ReportLine("reconnects", Figures.Count(report.Reconnects)));
        AddIfAny(lines, "dropped", report.Dropped, "by the lane: its handler was too slow");
        AddIfAny(lines, "others", report.Others, "messages that are no ticks");
        lines.Add(new ReportLine("closed", report.CloseCode.ToString(CultureInfo.InvariantCulture), report.CloseReason));
        Write(console.Output, report.Endpoint, lines);
    }

    public static void Write(ToolConsole console, DemoReport report)
    {
        double seconds = report.Seconds > 0 ? report.Seconds : 1;
        var lines = new List<ReportLine>
        {
            new("time", Figures.Seconds(report.Seconds)),
            new("ticks", Figures.Count(report.Ticks), Figures.PerSecond(report.Ticks / seconds)),
            new("symbols", Figures.Count(report.Symbols), $"on {Figures.Count(report.Lines)} {(report.Lines == 1 ? "line" : "lines")}"),
            new("payload", Figures.Bytes(report.Bytes), Figures.BytesPerSecond(report.Bytes / seconds)),
            new("allocated", Figures.BytesPerTick(report.AllocatedBytes, report.Ticks), $"a tick; {Figures.Bytes(report.AllocatedBytes)} in all"),
        };
        AddAge(lines, report.DataAge);
        lines.Add(new ReportLine("reconnects", Figures.Count(report.Reconnects), "the venue cut the first line"));
        lines.Add(new ReportLine("rotations", Figures.Count(report.Rotations), "the last line moved to a new connection, and lost nothing"));
        lines.Add(new ReportLine(
            "gaps", Figures.Count(report.Gaps), $"announced, {Figures.Count(report.GapsUnannounced)} unannounced; {Figures.Count(report.StreamsChecked)} streams held against the venue's ledger"));
        lines.Add(new ReportLine("subscribed", Figures.Duration((long)(report.ConfirmedSeconds * 1e9)), "after the first connection attempt"));
        lines.Add(new ReportLine("first tick", Figures.Duration((long)(report.FirstTickSeconds * 1e9)), "likewise"));
        Write(console.Output, "A simulated venue in another process, all in the steady part:", lines);
    }

    public static void Write(ToolConsole console, EchoReport report)
    {
        var lines = new List<ReportLine>
        {
            new("time", Figures.Seconds(report.Seconds)),
            new("echoed", Figures.Count(report.Messages), "messages"),
            new("payload", Figures.Bytes(report.Bytes), "each way"),
            new("reconnects", Figures.Count(report.Reconnects)),
            new("closed", report.CloseCode.ToString(CultureInfo.InvariantCulture), report.CloseReason),
        };
        Write(console.Output, report.Endpoint, lines);
    }

    public static void Write(ToolConsole console, AutobahnReport report)
    {
        var lines = new List<ReportLine>
        {
            new("time", Figures.Seconds(report.Seconds)),
            new("cases", Figures.Count(report.Run), $"of {Figures.Count(report.Count)}"),
        };
        foreach ((string verdict, int cases) in report.Verdicts)
        {
            lines.Add(new ReportLine(verdict, Figures.Count(cases)));
        }

        Write(console.Output, $"{report.Endpoint}, reported as {report.Agent}", lines);
    }

    private static void AddAge(List<ReportLine> lines, in DataAge age)
    {
        if (age.Count > 0)
        {
            lines.Add(new ReportLine("data age p50", Figures.Duration(age.P50)));
            lines.Add(new ReportLine("p99", Figures.Duration(age.P99)));
            lines.Add(new ReportLine("p99.9", Figures.Duration(age.P999), "max " + Figures.Duration(age.Max)));
        }
    }

    private static void AddIfAny(List<ReportLine> lines, string label, long count, string note)
    {
        if (count > 0)
        {
            lines.Add(new ReportLine(label, Figures.Count(count), note));
        }
    }

    private static void Write(TextWriter output, string title, List<ReportLine> lines)
    {
        int labels = lines.Max(static line => line.Label.Length);
        int figures = lines.Max(static line => line.Figure.Length);
        output.WriteLine(title);
        foreach (ReportLine line in lines)
        {
            output.WriteLine($"  {line.Label.PadLeft(labels)}  {line.Figure.PadLeft(figures)}  {line.Note}".TrimEnd());
        }
    }
}
