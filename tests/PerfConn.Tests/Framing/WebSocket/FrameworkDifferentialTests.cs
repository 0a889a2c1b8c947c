using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Tests.Architecture;
using PerfConn.Tests.Framing.WebSocket.Differential;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>RELIABILITY D08, the short way: <see cref="FrameDifferential"/> over some thousands of scripts. The fuzz program runs a million.</summary>
public class FrameworkDifferentialTests(ITestOutputHelper output)
{
    private const int Scripts = 5000;

    [Theory]
    [InlineData(7_000_000UL)]
    [InlineData(7_100_000UL)]
    [InlineData(7_200_000UL)]
    [InlineData(7_300_000UL)]
    public async Task Every_script_reads_the_same_but_for_the_differences_that_are_explained(ulong first)
    {
        var explained = new Dictionary<string, int>(StringComparer.Ordinal);
        int refused = 0;
        for (ulong seed = first; seed < first + Scripts; seed++)
        {
            DifferentialOutcome outcome = await FrameDifferential.CompareAsync(seed);
            Assert.True(outcome.IsExplained, outcome.ToString());
            refused += outcome.Ours.Ending == "refused" ? 1 : 0;
            if (outcome.Explanation is { } difference)
            {
                explained[difference.Name] = explained.GetValueOrDefault(difference.Name) + 1;
            }
        }

        output.WriteLine($"{Scripts} scripts from seed {first}: {refused} refused; {string.Join(", ", explained.Select(pair => $"{pair.Key} {pair.Value}"))}");

        // The scripts are of use only when a good part of them is bad, and few of the verdicts need an explanation.
        Assert.InRange(refused, Scripts / 4, Scripts * 3 / 4);
        Assert.InRange(explained.Where(pair => pair.Key != Difference.NoCode.Name).Sum(pair => pair.Value), 1, Scripts / 10);
    }

    [Fact]
    public void The_list_of_differences_is_short_and_stands_in_the_README_with_its_reasons()
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, "fuzz/README.md"));
        Assert.InRange(Difference.All.Count, 1, 10);
        Assert.All(Difference.All, difference => Assert.Contains(
            $"| {difference.Name} | {difference.Here} | {difference.There} | {difference.Reason} |", text, StringComparison.Ordinal));
    }
}
