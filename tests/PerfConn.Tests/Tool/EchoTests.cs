using System;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary><c>perfconn echo</c> against ASP.NET Core's server.</summary>
public sealed class EchoTests
{
    [Theory]
    [InlineData("socket", "async")]
    [InlineData("socket", "thread")]
    [InlineData("clientwebsocket", "async")]
    public async Task What_comes_goes_back_until_the_peer_closes(string transport, string receive)
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            byte[] echo = new byte[200_000];
            foreach (int length in (int[])[0, 10, 70_000])
            {
                byte[] message = Wire.Bytes(length);
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, stop);
                int received = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(echo.AsMemory(received), stop);
                    received += result.Count;
                }
                while (!result.EndOfMessage);
                Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
                Assert.Equal(message, echo[..received]);
            }

            await socket.CloseAsync((WebSocketCloseStatus)4000, "seen", stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("echo", server.Url, "--transport", transport, "--receive", receive, "--json");

        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        JsonElement report = outcome.Json;
        Assert.Equal(3, report.GetProperty("messages").GetInt64());
        Assert.Equal(70_010, report.GetProperty("bytes").GetInt64());
        Assert.Equal((4000, "seen"), (report.GetProperty("closeCode").GetInt32(), report.GetProperty("closeReason").GetString()));
    }

    /// <summary>16 MB each way with nobody reading at first: it is held back, not kept in memory, and nothing is lost.</summary>
    [Theory]
    [InlineData("async")]
    [InlineData("thread")]
    public async Task A_peer_that_sends_a_lot_before_it_reads_gets_everything_back(string receive)
    {
        const int Messages = 4000;
        int echoed = 0;
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            byte[] message = Wire.Bytes(4000);
            Task sending = Task.Run(
                async () =>
                {
                    for (int i = 0; i < Messages; i++)
                    {
                        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, stop);
                    }
                },
                stop);
            byte[] echo = new byte[4000];
            using var nap = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            await nap.WaitForNextTickAsync(stop);
            while (echoed < Messages)
            {
                echoed += (await socket.ReceiveAsync(echo.AsMemory(), stop)).EndOfMessage ? 1 : 0;
            }

            await sending;
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("echo", server.Url, "--receive", receive, "--once");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(Messages, echoed);
        Assert.Contains("4,000", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_line_is_a_failure_with_once_and_made_again_without()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, connection, stop) =>
        {
            if (connection < 3)
            {
                // Only after its echo: an abort at once may overtake the answer to the handshake.
                await TickServer.SendAsync(socket, "x");
                await socket.ReceiveAsync(new byte[10].AsMemory(), stop);
                socket.Abort();
                return;
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", stop);
        });
        (await ToolRunner.RunAsync("echo", server.Url, "--once")).FailedWith(1, "close code 1006");
        ToolOutcome again = await ToolRunner.RunAsync("echo", server.Url, "--json");
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(1, again.Json.GetProperty("reconnects").GetInt64());
    }

    [Fact]
    public async Task Ctrl_C_ends_it_with_its_report()
    {
        var echoed = new TaskCompletionSource();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendAsync(socket, "x");
            await socket.ReceiveAsync(new byte[10].AsMemory(), stop);
            echoed.SetResult();
            await TickServer.AwaitCloseAsync(socket, stop);
        });
        using var stop = new CancellationTokenSource();
        Task<ToolOutcome> running = ToolRunner.RunAsync(stop.Token, "echo", server.Url, "--json");
        await Deadline.Within(echoed.Task);
        await stop.CancelAsync();
        ToolOutcome outcome = await running;
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(1, outcome.Json.GetProperty("messages").GetInt64());
    }
}
