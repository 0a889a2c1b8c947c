using PerfConn.Diagnostics;

namespace PerfConn.Tool.Reports;

/// <summary>Percentiles of data age, in nanoseconds; all 0 when nothing was measured.</summary>
internal readonly record struct DataAge(long Count, long P50, long P90, long P99, long P999, long Max)
{
    public static DataAge Of(LogLinearHistogram histogram) => new(
        histogram.Count,
        histogram.Percentile(50),
        histogram.Percentile(90),
        histogram.Percentile(99),
        histogram.Percentile(99.9),
        histogram.Max);
}
