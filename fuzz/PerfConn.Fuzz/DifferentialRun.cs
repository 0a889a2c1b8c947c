using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using PerfConn.Tests.Framing.WebSocket.Differential;

namespace PerfConn.Fuzz;

/// <summary>RELIABILITY D08 at length: many scripts, each with the seed after the last one's.</summary>
internal static class DifferentialRun
{
    /// <summary>Compares; gives 0, or 1 at the first difference that nobody can explain.</summary>
    public static async Task<int> RunAsync(long count, ulong seed)
    {
        var explained = new Dictionary<Difference, long>();
        long refused = 0;
        var watch = Stopwatch.StartNew();
        for (ulong next = seed; next < seed + (ulong)count; next++)
        {
            DifferentialOutcome outcome = await FrameDifferential.CompareAsync(next).ConfigureAwait(false);
            if (!outcome.IsExplained)
            {
                Console.Error.WriteLine(outcome);
                return 1;
            }

            refused += outcome.Ours.Ending == "refused" ? 1 : 0;
            if (outcome.Explanation is { } difference)
            {
                explained[difference] = explained.GetValueOrDefault(difference) + 1;
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count} scripts from seed {seed}, {watch.Elapsed.TotalSeconds:0} s: {refused} refused, 0 differences unexplained"));
        foreach (Difference difference in Difference.All)
        {
            Console.WriteLine($"  {explained.GetValueOrDefault(difference),8}  {difference.Name}: {difference.Here}; there {difference.There}");
        }

        return 0;
    }
}
