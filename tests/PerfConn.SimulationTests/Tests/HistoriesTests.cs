using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.SimulationTests.Tests;

/// <summary>Two thousand histories in each run, half of them in a process each: nothing may be wrong in any.</summary>
public sealed class HistoriesTests(ITestOutputHelper output)
{
    private const int Half = 1000;

    [Fact]
    public async Task Nothing_is_wrong_in_two_thousand_histories()
    {
        ChildProcess.Outcome[] outcomes = await Task.WhenAll(RunAsync(1), RunAsync(1 + Half));
        foreach (ChildProcess.Outcome outcome in outcomes)
        {
            output.WriteLine(outcome.Output);
            Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
            Assert.Contains("\"histories\":1000,", outcome.Figures, System.StringComparison.Ordinal);
            Assert.Contains("\"silentGaps\":0,", outcome.Figures, System.StringComparison.Ordinal);
        }
    }

    private static Task<ChildProcess.Outcome> RunAsync(int seed) => ChildProcess.RunAsync(
        "--histories", Half.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture));
}
