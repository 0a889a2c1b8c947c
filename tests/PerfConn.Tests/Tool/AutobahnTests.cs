using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary><c>perfconn autobahn</c> against a server that plays the suite's part.</summary>
public sealed class AutobahnTests
{
    [Theory]
    [InlineData("--transport", "socket")]
    [InlineData("--receive", "thread")]
    [InlineData("--transport", "clientwebsocket")]
    public async Task All_cases_are_run_in_order_and_the_reports_written(params string[] options)
    {
        await using FuzzingServer server = await FuzzingServer.StartAsync();

        ToolOutcome outcome = await ToolRunner.RunAsync(["autobahn", server.Url, "--agent", "Perf Conn&1", "--json", .. options]);

        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(Enumerable.Range(1, server.Count), server.Run);
        Assert.Equal(["Perf Conn&1"], server.Reports);
        JsonElement report = outcome.Json;
        Assert.Equal(server.Count, report.GetProperty("count").GetInt32());
        Assert.Equal(server.Count, report.GetProperty("run").GetInt32());
        Assert.Equal(server.Count - 1, report.GetProperty("verdicts").GetProperty("OK").GetInt32());
        Assert.Equal(1, report.GetProperty("verdicts").GetProperty("INFORMATIONAL").GetInt32());
        Assert.Equal(7, report.GetProperty("remarkable")[0].GetProperty("case").GetInt32());
    }

    [Theory]
    [InlineData("2", new[] { 2 })]
    [InlineData("1-3,7", new[] { 1, 2, 3, 7 })]
    [InlineData("9.*", new[] { 4, 5 })]
    [InlineData("6.3.1, 1", new[] { 1, 6 })]
    [InlineData("99", new int[0])]
    public async Task Only_the_cases_that_were_asked_for_are_run(string cases, int[] expected)
    {
        await using FuzzingServer server = await FuzzingServer.StartAsync();

        ToolOutcome outcome = await ToolRunner.RunAsync("autobahn", server.Url, "--cases", cases);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(expected, server.Run);
    }

    /// <summary>The framework's client is done with a case of bad text as soon as it has sent its Close; the server may not even have read it then.</summary>
    [Fact]
    public async Task A_verdict_may_be_asked_for_before_there_is_one()
    {
        await using FuzzingServer server = await FuzzingServer.StartAsync(isSlow: true);

        ToolOutcome outcome = await ToolRunner.RunAsync("autobahn", server.Url, "--cases", "6", "--transport", "clientwebsocket");

        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task A_failed_case_is_named_and_makes_the_run_fail()
    {
        await using FuzzingServer server = await FuzzingServer.StartAsync();
        server.Verdicts[2] = "FAILED";
        server.Verdicts[3] = "NON-STRICT";

        ToolOutcome outcome = await ToolRunner.RunAsync("autobahn", server.Url, "--cases", "1-3");

        outcome.FailedWith(1, "1 of 3 cases failed: 2 FAILED");
        Assert.Contains("case 2 of 7: FAILED", outcome.Output, System.StringComparison.Ordinal);
        Assert.Contains("case 3 of 7: NON-STRICT", outcome.Output, System.StringComparison.Ordinal);
        Assert.DoesNotContain("case 1 of 7", outcome.Output, System.StringComparison.Ordinal);
        Assert.Equal(["PerfConn"], server.Reports);
    }

    [Fact]
    public async Task A_server_that_is_no_fuzzing_server_is_called_that()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, _) => await TickServer.SendAsync(socket, "hello"));

        (await ToolRunner.RunAsync("autobahn", server.Url)).FailedWith(1);
    }
}
