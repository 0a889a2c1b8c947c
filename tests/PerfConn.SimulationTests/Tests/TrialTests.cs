using System;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.SimulationTests.Tests;

/// <summary>The trials of one thing, short; the README says how to run long ones.</summary>
public sealed class TrialTests
{
    [Theory]
    [InlineData("--rotations", "1000", "\"missing\":0,\"twice\":0,\"gaps\":0,")]
    [InlineData("--reconnects", "5000", "\"reconnects\":5000,")]
    [InlineData("--herd", "1000", "\"back\":1000,")]
    public async Task It_holds(string trial, string count, string figures)
    {
        ChildProcess.Outcome outcome = await ChildProcess.RunAsync(trial, count);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains(figures, outcome.Output, StringComparison.Ordinal);
    }
}
