using System;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.SimulationTests.Tests;

/// <summary>Who checks the checks: a bug that is put in is found, and called by its name.</summary>
public sealed class PlantedBugTests
{
    [Theory]
    [InlineData("SwallowedTick", "silent gap")]
    [InlineData("SwallowedGap", "silent gap")]
    [InlineData("Duplicate", "duplicate")]
    [InlineData("LateCallback", "late callback")]
    [InlineData("LeakedConnection", "connection left")]
    [InlineData("LeakedBlock", "block left")]
    [InlineData("LeakedTimer", "timer left")]
    [InlineData("EarlyConnect", "early connect")]
    [InlineData("ForgottenStream", "sets differ")]
    [InlineData("ForgottenQuote", "sets differ")]
    [InlineData("UnwatchedStream", "stream is dead")]
    [InlineData("EarlyCall", "not logged in")]
    public async Task It_is_found(string planted, string rule)
    {
        ChildProcess.Outcome outcome = await ChildProcess.RunAsync("--histories", "40", "--seed", "1", "--planted", planted);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($": {rule} at ", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--histories")]
    [InlineData("--nonsense")]
    public async Task A_wrong_command_line_is_refused(string argument)
    {
        ChildProcess.Outcome outcome = await ChildProcess.RunAsync(argument);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--replay", outcome.Error, StringComparison.Ordinal);
    }
}
