using System.Collections.Generic;

namespace PerfConn.Tool.Reports;

/// <summary>What <c>autobahn</c> ends with.</summary>
internal sealed record AutobahnReport
{
    public required string Endpoint { get; init; }

    public required string Agent { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Cases that the server has.</summary>
    public required int Count { get; init; }

    /// <summary>Cases that were run.</summary>
    public required int Run { get; init; }

    /// <summary>How many cases had each of the server's verdicts, by verdict.</summary>
    public required IReadOnlyDictionary<string, int> Verdicts { get; init; }

    /// <summary>Number and verdict of each case that is not OK.</summary>
    public required IReadOnlyList<(int Case, string Verdict)> Remarkable { get; init; }
}
