using System;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.SimulationTests.Tests;

/// <summary>The same seed gives the same history, to the last note: a failure can be had again.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task The_same_seeds_give_the_same_histories()
    {
        ChildProcess.Outcome first = await ChildProcess.RunAsync("--histories", "50", "--seed", "500");
        ChildProcess.Outcome second = await ChildProcess.RunAsync("--histories", "50", "--seed", "500");
        Assert.Contains("\"hash\":", first.Figures, StringComparison.Ordinal);
        Assert.Equal(first.Figures, second.Figures);
        ChildProcess.Outcome others = await ChildProcess.RunAsync("--histories", "50", "--seed", "501");
        Assert.NotEqual(first.Figures, others.Figures);
    }

    [Fact]
    public async Task A_replay_is_the_history_that_it_was_among_others()
    {
        const string Seed = "77";
        string alone = (await ChildProcess.RunAsync("--replay", Seed, "--trace")).Output;
        string behindOthers = (await ChildProcess.RunAsync("--histories", "3", "--seed", "75", "--trace")).Output;
        string trace = alone[..alone.LastIndexOf("{\"histories\"", StringComparison.Ordinal)];
        Assert.True(trace.Length > 10_000, "there is a trace");
        Assert.Contains(trace, behindOthers, StringComparison.Ordinal);
    }
}
