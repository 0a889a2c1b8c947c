using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>perfconn watch against ASP.NET Core's server, from the command line to the report.</summary>
public sealed class WatchTests
{
    private static readonly string[] s_keys =
    [
        "url", "seconds", "frames", "ticks", "others", "symbols", "bytes", "allocatedBytes", "gaps", "dropped", "reconnects", "closeCode", "closeReason", "dataAgeUs",
    ];

    [Theory]
    [InlineData("inline", "socket", "async")]
    [InlineData("lane", "socket", "async")]
    [InlineData("inline", "socket", "thread")]
    [InlineData("lane", "socket", "thread")]
    [InlineData("inline", "clientwebsocket", "async")]
    [InlineData("lane", "clientwebsocket", "async")]
    public async Task What_arrives_is_counted_and_nothing_is_sent(string dispatch, string transport, string receive)
    {
        const int Count = 1000;
        int received = 0;
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendTicksAsync(socket, Count);
            byte[] buffer = new byte[1024];
            while ((await socket.ReceiveAsync(buffer, stop)).MessageType != WebSocketMessageType.Close)
            {
                Interlocked.Increment(ref received);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync(
            "watch", server.Url, "--frames", "1000", "--json", "--dispatch", dispatch, "--transport", transport, "--receive", receive);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        JsonElement json = outcome.Json;
        Assert.Equal(s_keys, json.EnumerateObject().Select(static field => field.Name));
        Assert.Equal(Count, json.GetProperty("frames").GetInt64());
        Assert.Equal(Count, json.GetProperty("ticks").GetInt64());
        Assert.Equal(0, json.GetProperty("others").GetInt64());
        Assert.Equal(2, json.GetProperty("symbols").GetInt64());
        Assert.Equal(Enumerable.Range(1, Count).Sum(static i => TickServer.Tick("BTCUSDT", i).Length), json.GetProperty("bytes").GetInt64());
        Assert.Equal(0, json.GetProperty("dropped").GetInt64());
        Assert.Equal(0, json.GetProperty("reconnects").GetInt64());
        Assert.True(json.GetProperty("closeCode").GetInt32() == 1000, outcome.Output);
        Assert.True(json.GetProperty("seconds").GetDouble() > 0);
        Assert.Equal(0, json.GetProperty("dataAgeUs").GetProperty("count").GetInt64());
        Assert.Equal(0, received);
    }

    /// <summary>The server goes on sending: the count is the one asked for all the same, and the counters agree with one another.</summary>
    [Fact]
    public async Task A_number_of_messages_is_met_exactly_while_more_are_coming()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendAsync(socket, TickServer.Tick("BTCUSDT", 0));
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(TickServer.Tick("BTCUSDT", i)), WebSocketMessageType.Text, endOfMessage: true, stop);
            }
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--frames", "20000", "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(20_000, outcome.Json.GetProperty("frames").GetInt64());
        Assert.Equal(20_000, outcome.Json.GetProperty("ticks").GetInt64());
    }

    [Fact]
    public async Task Messages_that_are_no_ticks_are_counted_as_others()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendAsync(socket, "hello");
            await TickServer.SendAsync(socket, "{\"channel\":\"heartbeat\"}");
            await TickServer.SendAsync(socket, "[1,2");
            await TickServer.SendAsync(socket, TickServer.Tick("BTCUSDT", 1));
            await TickServer.AwaitCloseAsync(socket, stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--frames", "4");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"messages +4 ", outcome.Output);
        Assert.Matches(@"ticks +1 ", outcome.Output);
        Assert.Matches(@"others +3 ", outcome.Output);
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.NormalClosure, 1000)]
    [InlineData(WebSocketCloseStatus.EndpointUnavailable, 1001)]
    [InlineData((WebSocketCloseStatus)4001, 4001)]
    public async Task With_once_the_peers_close_ends_it_well_and_is_reported(WebSocketCloseStatus status, int code)
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendTicksAsync(socket, 3);
            await socket.CloseAsync(status, "that was all", stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--once", "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(3, outcome.Json.GetProperty("frames").GetInt64());
        Assert.Equal(code, outcome.Json.GetProperty("closeCode").GetInt32());
        Assert.Equal("that was all", outcome.Json.GetProperty("closeReason").GetString());
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task With_once_a_drop_is_1006_and_a_failure()
    {
        await using TickServer server = await TickServer.StartAsync((socket, _, _) => TickServer.SendTicksAsync(socket, 3));

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--once", "--json");

        outcome.FailedWith(1, server.Url.TrimEnd('/'), "the connection was lost", "close code 1006");
        Assert.Equal(3, outcome.Json.GetProperty("frames").GetInt64());
        Assert.Equal(1006, outcome.Json.GetProperty("closeCode").GetInt32());
    }

    [Fact]
    public async Task Without_once_a_lost_line_is_made_again_and_the_gap_is_counted()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, connection, stop) =>
        {
            await TickServer.SendTicksAsync(socket, 2, from: (2 * connection) - 1);
            if (connection > 1)
            {
                await TickServer.AwaitCloseAsync(socket, stop);
            }
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--frames", "4", "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(4, outcome.Json.GetProperty("frames").GetInt64());
        Assert.Equal(1, outcome.Json.GetProperty("reconnects").GetInt64());
        Assert.Equal(2, outcome.Json.GetProperty("gaps").GetInt64());
    }

    [Theory]
    [InlineData("ms", 1_000_000)]
    [InlineData("us", 1_000)]
    [InlineData("ns", 1)]
    public async Task Data_age_is_receive_time_less_event_time(string unit, long nanosecondsPerUnit)
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            for (int i = 0; i < 10; i++)
            {
                long sent = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(50)).Ticks * 100;
                await TickServer.SendAsync(socket, TickServer.Tick("BTCUSDT", i, sent / nanosecondsPerUnit));
            }

            await TickServer.AwaitCloseAsync(socket, stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--frames", "10", "--json", "--event-time", "E:" + unit, "--dispatch", "lane");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        JsonElement age = outcome.Json.GetProperty("dataAgeUs");
        Assert.Equal(10, age.GetProperty("count").GetInt64());
        foreach (string key in (ReadOnlySpan<string>)["p50", "p90", "p99", "p999", "max"])
        {
            Assert.InRange(age.GetProperty(key).GetDouble(), 50e6 - 2e3, 70e6);
        }
    }

    [Theory]
    [InlineData(".csv", "name,percentile,value,count")]
    [InlineData(".txt", "us ")]
    [InlineData(".svg", "<svg ")]
    public async Task Stage_times_go_to_a_file_in_the_format_of_its_name(string extension, string beginning)
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendTicksAsync(socket, 100);
            await TickServer.AwaitCloseAsync(socket, stop);
        });
        string file = Path.ChangeExtension(Path.GetTempFileName(), extension);
        try
        {
            ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--frames", "100", "--json", "--stages", file);

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            string text = await File.ReadAllTextAsync(file);
            Assert.StartsWith(beginning, text, StringComparison.Ordinal);
            Assert.All((string[])["parsed", "dispatched", "handled"], stage => Assert.Contains(stage, text, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("BTCUSDT,ethusdt@trade")]
    [InlineData("@")]
    public async Task Symbols_are_subscribed_to_and_a_bare_one_means_its_book_ticker(string symbols)
    {
        var requests = new ConcurrentQueue<string>();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            byte[] buffer = new byte[1024];
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            requests.Enqueue(Encoding.UTF8.GetString(buffer, 0, received.Count));
            using JsonDocument request = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            await TickServer.SendAsync(socket, $"{{\"result\":null,\"id\":{request.RootElement.GetProperty("id").GetInt64()}}}");
            await TickServer.SendTicksAsync(socket, 5);
            await TickServer.AwaitCloseAsync(socket, stop);
        });
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "# majors\nBTCUSDT # the first\n\nethusdt@trade\n");
        try
        {
            ToolOutcome outcome = await ToolRunner.RunAsync(
                "watch", server.Url, "--frames", "6", "--json", "--symbols", symbols == "@" ? "@" + file : symbols);

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.Equal(6, outcome.Json.GetProperty("frames").GetInt64());
            Assert.Equal(5, outcome.Json.GetProperty("ticks").GetInt64());
            using JsonDocument request = JsonDocument.Parse(Assert.Single(requests));
            Assert.Equal("SUBSCRIBE", request.RootElement.GetProperty("method").GetString());
            Assert.Equal(
                ["btcusdt@bookTicker", "ethusdt@trade"], request.RootElement.GetProperty("params").EnumerateArray().Select(static name => name.GetString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Seconds_end_it_on_time()
    {
        await using TickServer server = await TickServer.StartAsync(TickServerScripts.Quiet);

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--seconds", "0.2", "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.InRange(outcome.Json.GetProperty("seconds").GetDouble(), 0.2, 10);
        Assert.Equal(0, outcome.Json.GetProperty("frames").GetInt64());
    }

    /// <summary>The request to subscribe tells that the line stands; it is never answered, and that holds nothing up.</summary>
    [Fact]
    public async Task An_interrupt_ends_it_in_good_order_with_the_report()
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, ended) =>
        {
            await socket.ReceiveAsync(new byte[1024].AsMemory(), ended);
            asked.SetResult();
            await TickServer.AwaitCloseAsync(socket, ended);
        });

        Task<ToolOutcome> running = ToolRunner.RunAsync(stop.Token, "watch", server.Url, "--json", "--symbols", "btcusdt");
        await Deadline.Within(asked.Task);
        await stop.CancelAsync();
        ToolOutcome outcome = await running;

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(1000, outcome.Json.GetProperty("closeCode").GetInt32());
    }
}
