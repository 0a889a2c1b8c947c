using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using PerfConn.SimulationTests.Checks;

namespace PerfConn.SimulationTests.Running;

/// <summary>The command line.</summary>
internal static class Commands
{
    private const string Usage = """
        --histories N [--seed S] [--planted BUG]   N histories of seeds S, S+1, ...; one line of JSON
        --replay S [--trace] [--planted BUG]       the history of one seed, with all that happens
        --rotations N | --reconnects N | --herd N  N rotations under a feed, N cuts of a line, N lines cut at once
        """;

    /// <summary>A bug that shows in each history shall not fill the disk.</summary>
    private const int MostTold = 200;

    public static async Task<int> RunAsync(string[] args)
    {
        long histories = 0;
        ulong seed = 1;
        bool isReplay = false;
        TextWriter? text = null;
        var planted = Planted.Nothing;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--histories" when i + 1 < args.Length:
                    histories = long.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--seed" or "--replay" when i + 1 < args.Length:
                    isReplay |= args[i] == "--replay";
                    seed = ulong.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--planted" when i + 1 < args.Length:
                    planted = Enum.Parse<Planted>(args[++i]);
                    break;
                case "--rotations" when i + 1 < args.Length:
                    return await Trials.RotateAsync(long.Parse(args[++i], CultureInfo.InvariantCulture), seed);
                case "--reconnects" when i + 1 < args.Length:
                    return await Trials.ReconnectAsync(long.Parse(args[++i], CultureInfo.InvariantCulture), seed);
                case "--herd" when i + 1 < args.Length:
                    return await Trials.HerdAsync(int.Parse(args[++i], CultureInfo.InvariantCulture), seed);
                case "--trace":
                    text = Console.Out;
                    break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }

        return await RunAsync(isReplay ? 1 : histories, seed, planted, text);
    }

    private static async Task<int> RunAsync(long histories, ulong seed, Planted planted, TextWriter? text)
    {
        var totals = new Totals();
        ulong hash = 0;
        int told = 0;
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < histories; i++)
        {
            HistoryResult result = await History.RunAsync(seed + (ulong)i, planted, text);
            totals.Add(result.Totals);
            hash = (hash * 31) + result.Hash;
            foreach (Violation violation in result.Violations)
            {
                if (++told > MostTold)
                {
                    break;
                }

                await Console.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {result.Seed}: {violation.Rule} at {violation.At.TotalSeconds:0.0000} s: {violation.Detail}; replay: DOTNET_PROCESSOR_COUNT=1 dotnet PerfConn.SimulationTests.dll --replay {result.Seed} --trace"));
            }
        }

        await Console.Out.WriteLineAsync(Report.Json(totals, hash, Stopwatch.GetElapsedTime(start)));
        return totals.Violations == 0 ? 0 : 1;
    }
}
