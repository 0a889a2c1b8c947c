using System.Collections.Generic;
using System.Linq;
using PerfConn.Diagnostics;

namespace PerfConn.Lab.Running;

/// <summary>The percentiles that every contestant tells.</summary>
internal static class Quantiles
{
    /// <summary>In percent. The peers in other languages hold the same list.</summary>
    public static IReadOnlyList<double> Points { get; } = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];

    public static IReadOnlyList<double> Of(LogLinearHistogram histogram) => [.. Points.Select(p => (double)histogram.Percentile(p))];
}
