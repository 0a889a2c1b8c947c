using System;
using System.Globalization;

namespace PerfConn.Lab.Scenarios;

/// <summary>The command line: a scenario's name or <c>all</c>, and options.</summary>
internal sealed record LabOptions
{
    public const string Usage = "usage: <scenario|all> [--json] [--report DIR] [--rounds N] [--seconds S] [--cuts N]\nscenarios: ";

    public required string Scenario { get; init; }

    /// <summary>Whether the standard output gets one JSON object instead of tables.</summary>
    public bool Json { get; init; }

    /// <summary>Where the report's page and plots go; null for no report.</summary>
    public string? ReportFolder { get; init; }

    /// <summary>How often everybody's turn comes.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Measured seconds of a turn; the warm-up comes on top.</summary>
    public double Seconds { get; init; } = 1;

    /// <summary>How often the reconnect scenario cuts.</summary>
    public int Cuts { get; init; } = 1000;

    /// <summary>Null when it is no command line of the lab's.</summary>
    public static LabOptions? Parse(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty || arguments[0].StartsWith('-'))
        {
            return null;
        }

        var options = new LabOptions { Scenario = arguments[0] };
        for (int i = 1; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--json":
                    options = options with { Json = true };
                    continue;
                case "--report" when value is not null:
                    options = options with { ReportFolder = value };
                    break;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    break;
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
                    options = options with { Seconds = seconds };
                    break;
                case "--cuts" when int.TryParse(value, CultureInfo.InvariantCulture, out int cuts) && cuts > 0:
                    options = options with { Cuts = cuts };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }
}
