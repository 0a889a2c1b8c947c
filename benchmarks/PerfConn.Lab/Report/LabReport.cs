using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Report;

/// <summary>A whole run: the machine, the bars, the tables.</summary>
internal sealed record LabReport
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required IReadOnlyDictionary<string, string> Machine { get; init; }

    /// <summary>How it was run.</summary>
    public required string Command { get; init; }

    public required double Seconds { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Who could not take part.</summary>
    public required IReadOnlyList<string> Absent { get; init; }

    public required IReadOnlyList<Bar> Bars { get; init; }

    /// <summary>Of which percentiles the tables' rows tell.</summary>
    public IReadOnlyList<double> PercentilePoints => Quantiles.Points;

    public required IReadOnlyList<ResultTable> Tables { get; init; }

    public static async Task<LabReport> OfAsync(
        string command, string load, double seconds, int rounds, IReadOnlyList<string> absent, IReadOnlyList<Bar> bars, IReadOnlyList<ResultTable> tables) => new()
        {
            Machine = await MachineFacts.ReadAsync(tables, load),
            Command = command,
            Seconds = seconds,
            Rounds = rounds,
            Absent = absent,
            Bars = bars,
            Tables = tables,
        };

    public string ToJson() => JsonSerializer.Serialize(this, s_format);
}
