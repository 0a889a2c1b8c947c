using System.Threading.Tasks;
using PerfConn.Lab.Report;

namespace PerfConn.Lab.Scenarios;

/// <summary>Symbol bytes to id, alone and while another thread adds symbols.</summary>
internal static class LookupScenario
{
    public const string Map = "SymbolMap";
    public const string Dictionary = "ConcurrentDictionary by span";
    public const string WithWriter = ", a writer adding";

    public static Task RunAsync(Lab lab) => lab.CompareAsync(
        "lookup",
        "Symbol lookup, 3,000 symbols, bytes to id",
        new Job { Seconds = lab.Options.Seconds },
        [Metric.Nanoseconds, Metric.Allocated],
        [
            Contestant.Of(Map, "lookup"),
            Contestant.Of(Map + WithWriter, "lookup", "--writer", "yes"),
            Contestant.Of(Dictionary, "lookup", "--map", "dictionary"),
            Contestant.Of(Dictionary + WithWriter, "lookup", "--map", "dictionary", "--writer", "yes"),
        ],
        Dictionary);
}
