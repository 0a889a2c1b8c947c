using System;
using System.Collections.Generic;

namespace PerfConn.Lab.Report;

/// <summary>A contestant's medians over all rounds.</summary>
internal sealed record ResultRow
{
    public required string Name { get; init; }

    /// <summary>By <see cref="Metric.Key"/>.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Latencies in nanoseconds at the lab's percentiles.</summary>
    public IReadOnlyList<double>? Percentiles { get; init; }

    /// <summary>A peer's own name and version.</summary>
    public string? Version { get; init; }

    /// <summary>Why there is nothing, or not everything.</summary>
    public string? Failure { get; init; }

    /// <summary>NaN where there is none.</summary>
    public double this[Metric metric] => Values.TryGetValue(metric.Key, out double value) ? value : double.NaN;
}
