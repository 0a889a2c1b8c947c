namespace PerfConn.Tool.Reports;

/// <summary>One line of a report.</summary>
internal readonly record struct ReportLine(string Label, string Figure, string Note = "");
