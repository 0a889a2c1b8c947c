using System;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>What can go wrong with a connection: one line that names what and where, exit code 1, and nothing left open.</summary>
public sealed class WatchFailureTests
{
    [Theory]
    [InlineData("socket")]
    [InlineData("clientwebsocket")]
    public async Task A_refused_connection_is_named(string transport)
    {
        int port = FreePort();

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", $"ws://127.0.0.1:{port}/", "--transport", transport, "--json");

        outcome.FailedWith(1, $"ws://127.0.0.1:{port}/", "connection refused");
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_handshake_that_fails_is_named_with_its_status()
    {
        await using TickServer server = await TickServer.StartAsync(TickServerScripts.Quiet);

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url + "elsewhere", "--json");

        outcome.FailedWith(1, server.Url + "elsewhere", "404");
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("clientwebsocket")]
    public async Task A_certificate_from_nobody_is_refused_and_can_be_accepted_aloud(string transport)
    {
        await using TickServer server = await TickServer.StartAsync(
            async (socket, _, stop) =>
            {
                await TickServer.SendTicksAsync(socket, 2);
                await TickServer.AwaitCloseAsync(socket, stop);
            },
            tls: true);

        ToolOutcome refused = await ToolRunner.RunAsync("watch", server.Url, "--frames", "2", "--json", "--transport", transport);
        ToolOutcome accepted = await ToolRunner.RunAsync(
            "watch", server.Url, "--frames", "2", "--json", "--transport", transport, "--insecure-certificates");

        refused.FailedWith(1, server.Url.TrimEnd('/'), "certificate");
        Assert.Empty(refused.Output);
        Assert.Equal(0, accepted.ExitCode);
        Assert.Equal(2, accepted.Json.GetProperty("frames").GetInt64());
        Assert.Contains("WARNING: --insecure-certificates", accepted.Error, StringComparison.Ordinal);
    }

    /// <summary>With and without --once: a peer that breaks the protocol is not gone back to.</summary>
    [Theory]
    [InlineData("reserved", 1002, "reserved bit", "--once")]
    [InlineData("reserved", 1002, "reserved bit", "--json")]
    [InlineData("oversize", 1009, "exceeds the size limit", "--once")]
    [InlineData("oversize", 1009, "exceeds the size limit", "--json")]
    public async Task A_broken_protocol_ends_it_with_what_was_seen(string fault, int code, string words, string option)
    {
        // FIN and text with RSV1 set; text of 1 GiB.
        byte[] frame = fault == "reserved" ? [0xC1, 0x01, (byte)'x'] : [0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeRawAsync(listener, [0x81, 0x02, (byte)'h', (byte)'i', .. frame]);
        string url = $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

        ToolOutcome outcome = await ToolRunner.RunAsync(option == "--json" ? ["watch", url, "--json"] : ["watch", url, "--once", "--json"]);

        outcome.FailedWith(1, url.TrimEnd('/'), words, $"close code {code}");
        Assert.Equal(1, outcome.Json.GetProperty("frames").GetInt64());
        Assert.Equal(1, outcome.Json.GetProperty("others").GetInt64());
        Assert.Equal(code, outcome.Json.GetProperty("closeCode").GetInt32());
        listener.Stop();
        await Deadline.Within(serving);
    }

    [Fact]
    public async Task A_refused_subscription_is_named_in_the_venues_words()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            byte[] buffer = new byte[1024];
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            using JsonDocument request = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            await TickServer.SendAsync(
                socket, $"{{\"error\":{{\"code\":2,\"msg\":\"Invalid request: no such stream\"}},\"id\":{request.RootElement.GetProperty("id").GetInt64()}}}");
            await TickServer.AwaitCloseAsync(socket, stop);
        });

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", server.Url, "--symbols", "btcusdt", "--json");

        outcome.FailedWith(1, server.Url.TrimEnd('/'), "no such stream", "code 2");
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task An_interrupt_before_the_connection_stands_leaves_nothing_to_report()
    {
        // It accepts and says nothing.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();

        Task<ToolOutcome> running = ToolRunner.RunAsync(stop.Token, "watch", $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using Socket peer = await Deadline.Within(listener.AcceptSocketAsync());
        await stop.CancelAsync();

        (await running).FailedWith(1, "interrupted");
        Assert.Equal(0, await ReadToEndAsync(peer));
    }

    /// <summary>Answers any handshake, sends the bytes, and reads until the peer has gone.</summary>
    private static async Task ServeRawAsync(TcpListener listener, byte[] bytes)
    {
        try
        {
            while (true)
            {
                using Socket peer = await listener.AcceptSocketAsync();
                string head = await ReadHeadAsync(peer);
                int at = head.IndexOf("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase) + "Sec-WebSocket-Key:".Length;
                string accept = ClientHandshake.AcceptFor(head[at..head.IndexOf('\r', at)].Trim());
                await peer.SendAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
                await peer.SendAsync(bytes);
                await ReadToEndAsync(peer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over; a listener that is stopped before it is asked again says so by the last of these.
        }
    }

    private static async Task<string> ReadHeadAsync(Socket peer)
    {
        var head = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await peer.ReceiveAsync(buffer, SocketFlags.None);
            Assert.NotEqual(0, read);
            head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return head.ToString();
    }

    /// <summary>Reads what there is; 0 when the peer has closed its end.</summary>
    private static async Task<int> ReadToEndAsync(Socket peer)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await peer.ReceiveAsync(buffer, SocketFlags.None, Deadline.Token) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // As good an end as any.
        }

        return 0;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
