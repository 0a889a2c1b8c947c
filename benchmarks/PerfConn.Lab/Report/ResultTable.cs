using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;

namespace PerfConn.Lab.Report;

/// <summary>One comparison: who did the same work, and what each reached.</summary>
internal sealed record ResultTable
{
    /// <summary>Short and unique; names the plots' files.</summary>
    public required string Key { get; init; }

    public required string Title { get; init; }

    /// <summary>Against whom ratios are shown.</summary>
    public required string Reference { get; init; }

    /// <summary>The first one is what the ratios are of.</summary>
    [JsonIgnore]
    public IReadOnlyList<Metric> Columns { get; init; } = [];

    public required IReadOnlyList<ResultRow> Rows { get; init; }

    /// <summary>The contestant's figure; NaN when there is none.</summary>
    public double Value(string contestant, Metric metric) =>
        Rows.FirstOrDefault(r => string.Equals(r.Name, contestant, StringComparison.Ordinal)) is { } row ? row[metric] : double.NaN;

    /// <summary>How many times the reference's leading figure a row has.</summary>
    public double Ratio(ResultRow row) => row[Columns[0]] / Value(Reference, Columns[0]);
}
