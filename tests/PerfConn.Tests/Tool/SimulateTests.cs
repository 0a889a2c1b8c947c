using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>perfconn simulate as a process, and perfconn watch as its client.</summary>
public sealed class SimulateTests
{
    [Fact]
    public async Task The_address_comes_first_and_a_client_gets_its_ticks_until_SIGTERM()
    {
        using ToolProcess simulator = ToolProcess.Start("simulate", "--port", "0", "--rate", "5000", "--symbols", "10");
        string url = (await simulator.Output.ReadLineAsync(Deadline.Token))!;
        Assert.StartsWith("ws://127.0.0.1:", url, StringComparison.Ordinal);

        ToolOutcome watched = await ToolRunner.RunAsync("watch", url + "/stream", "--symbols", "btcusdt,ethusdt@trade", "--frames", "200", "--json");
        await simulator.SignalAsync("TERM");
        ToolOutcome ended = await simulator.EndAsync();

        Assert.Equal((0, ""), (watched.ExitCode, watched.Error));
        Assert.Equal(200, watched.Json.GetProperty("frames").GetInt64());
        Assert.Equal(199, watched.Json.GetProperty("ticks").GetInt64());
        Assert.Equal(2, watched.Json.GetProperty("symbols").GetInt64());
        Assert.Equal((0, "", ""), (ended.ExitCode, ended.Output, ended.Error));
    }

    [Fact]
    public async Task Over_TLS_with_microseconds()
    {
        using ToolProcess simulator = ToolProcess.Start("simulate", "--tls", "--rate", "5000", "--symbols", "10");
        string url = (await simulator.Output.ReadLineAsync(Deadline.Token))!;
        Assert.StartsWith("wss://localhost:", url, StringComparison.Ordinal);

        ToolOutcome watched = await ToolRunner.RunAsync(
            "watch", url + "/ws/btcusdt@trade?timeUnit=MICROSECOND", "--frames", "100", "--json", "--insecure-certificates", "--event-time", "E:us");

        Assert.Equal(0, watched.ExitCode);
        Assert.Equal(100, watched.Json.GetProperty("ticks").GetInt64());
        Assert.InRange(watched.Json.GetProperty("dataAgeUs").GetProperty("p50").GetDouble(), 0, 20e6);
    }

    [Fact]
    public async Task A_child_ignores_the_terminals_interrupt_and_ends_when_its_input_closes()
    {
        using ToolProcess simulator = ToolProcess.Start("simulate", "--until-input-closes");
        string url = (await simulator.Output.ReadLineAsync(Deadline.Token))!;

        await simulator.SignalAsync("INT");
        ToolOutcome watched = await ToolRunner.RunAsync("watch", url + "/ws/btcusdt@trade", "--frames", "1", "--json");
        simulator.Input.Close();
        ToolOutcome ended = await simulator.EndAsync();

        Assert.Equal(0, watched.ExitCode);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        ToolOutcome outcome = await ToolRunner.RunAsync("simulate", "--port", $"{port}");

        outcome.FailedWith(1, $"port {port}: already in use");
    }

    [Fact]
    public async Task Watch_as_a_process_ends_on_Ctrl_C_with_its_report()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendTicksAsync(socket, 7);
            await TickServer.AwaitCloseAsync(socket, stop);
        });
        using ToolProcess watch = ToolProcess.Start("watch", server.Url);
        string? progress = await watch.Output.ReadLineAsync(Deadline.Token);

        await watch.SignalAsync("INT");
        ToolOutcome outcome = await watch.EndAsync();

        Assert.Contains("ticks", progress, StringComparison.Ordinal);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"messages +7 ", outcome.Output);
        Assert.Matches(@"closed +1000", outcome.Output);
    }
}
