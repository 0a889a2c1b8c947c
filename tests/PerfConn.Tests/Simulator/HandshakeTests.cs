using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Simulator;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed class HandshakeTests
{
    private static readonly BinanceSimulatorOptions s_inMemory = new() { Listen = false };

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/")]
    [InlineData("/ws/btcusdt@bookTicker")]
    [InlineData("/ws/btcusdt@bookTicker/ethusdt@trade")]
    [InlineData("/stream")]
    [InlineData("/stream?streams=btcusdt@bookTicker/ethusdt@trade")]
    [InlineData("/stream?streams=btcusdt%40bookTicker&timeUnit=MICROSECOND")]
    [InlineData("/ws?timeUnit=microsecond")]
    [InlineData("/ws?timeUnit=millisecond")]
    public async Task A_foreign_client_gets_in(string path)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, path);
        Assert.Equal(WebSocketState.Open, client.Socket.State);
        SimulatorStatistics statistics = simulator.GetStatistics();
        Assert.Equal(1, statistics.ConnectionsAccepted);
        Assert.Equal(1, statistics.ConnectionsOpen);
    }

    [Theory]
    [InlineData("/", 404)]
    [InlineData("/wss/btcusdt@trade", 404)]
    [InlineData("/stream/btcusdt@trade", 404)]
    [InlineData("/ws?timeUnit=second", 400)]
    public async Task A_foreign_client_is_told_what_is_wrong_with_its_path(string path, int status)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        await using var client = new ForeignClient();
        client.Socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => client.Socket.ConnectAsync(new Uri(simulator.Url, path), Deadline.Token));
        Assert.Equal(status, (int)client.Socket.HttpStatusCode);
        Assert.Equal(1, simulator.GetStatistics().ConnectionsRefused);
    }

    [Fact]
    public async Task A_browser_is_told_to_upgrade()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{simulator.Port}/ws"), Deadline.Token);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("websocket", Assert.Single(response.Headers.Upgrade).Name);
        Assert.Equal("Upgrade Required", await response.Content.ReadAsStringAsync(Deadline.Token));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.0", 400)]
    [InlineData("get ", "HTTP/1.1", 400)]
    [InlineData("POST", "HTTP/1.1", 400)]
    [InlineData("GET", "HTTP/2.0", 400)]
    public async Task The_request_line_is_strict(string method, string version, int status) =>
        await ExpectAsync(RawPeer.Upgrade("/ws").Replace("GET", method, StringComparison.Ordinal).Replace("HTTP/1.1", version, StringComparison.Ordinal), status);

    [Theory]
    [InlineData("Host: venue\r\n", "", 400)]
    [InlineData("Host: venue\r\n", "Host: venue\r\nHost: other\r\n", 400)]
    [InlineData("Upgrade: websocket\r\n", "", 426)]
    [InlineData("Upgrade: websocket\r\n", "Upgrade: websockets\r\n", 426)]
    [InlineData("Connection: keep-alive, Upgrade\r\n", "Connection: keep-alive\r\n", 400)]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426)]
    [InlineData(RawPeer.Key, "", 400)]
    [InlineData(RawPeer.Key, RawPeer.Key + RawPeer.Key, 400)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ!!", 400)]
    [InlineData("Host: venue\r\n", "Host: venue\r\n folded\r\n", 400)]
    [InlineData("Host: venue\r\n", "Host : venue\r\n", 400)]
    [InlineData("Host: venue\r\n", "Host: venue\r\nContent-Length: 3\r\n", 400)]
    [InlineData("Host: venue\r\n", "Host: ven\nue\r\n", 400)]
    public async Task The_headers_are_strict(string original, string changed, int status) =>
        await ExpectAsync(RawPeer.Upgrade("/ws").Replace(original, changed, StringComparison.Ordinal), status);

    [Fact]
    public async Task The_head_is_bounded()
    {
        string manyHeaders = string.Concat(Enumerable.Range(0, 70).Select(i => $"X-{i}: y\r\n"));
        await ExpectAsync(RawPeer.Upgrade("/ws").Replace("Host: venue\r\n", "Host: venue\r\n" + manyHeaders, StringComparison.Ordinal), 431);
        await ExpectAsync(RawPeer.Upgrade("/ws").Replace("Host: venue\r\n", $"Host: venue\r\nX: {new string('y', 9000)}\r\n", StringComparison.Ordinal), 431);
        await ExpectAsync("GET /ws HTTP/1.1\r\nX: " + new string('y', 33_000), 431);
    }

    [Fact]
    public async Task A_request_in_pieces_is_a_request()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_inMemory);
        await using RawPeer peer = RawPeer.Attach(simulator);
        foreach (char c in RawPeer.Upgrade("/ws"))
        {
            await peer.WriteAsync(c.ToString());
        }

        Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_frame_glued_to_the_handshake_is_answered()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_inMemory);
        await using RawPeer peer = RawPeer.Attach(simulator);
        byte[] frame = peer.Frame(1, "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":9}"u8.ToArray());
        await peer.WriteAsync([.. Encoding.ASCII.GetBytes(RawPeer.Upgrade("/ws")), .. frame]);
        string head = await peer.ReadHeadAsync();

        // The accept value is the one of RFC 6455 section 1.3 for this key.
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);
        Assert.Equal("{\"result\":[],\"id\":9}"u8.ToArray(), (await peer.NextAsync())!.Value.Payload);
    }

    [Fact]
    public async Task Who_says_nothing_is_cut_off()
    {
        var time = new ManualTimeProvider();
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_inMemory with { TimeProvider = time });
        await using RawPeer peer = RawPeer.Attach(simulator);
        await Deadline.UntilAsync(() => time.Waiting > 0, "the simulator waits for the handshake");
        time.Advance(TimeSpan.FromSeconds(5));
        await Deadline.Within(peer.Served);
        Assert.Equal(1, simulator.GetStatistics().ConnectionsRefused);
    }

    [Fact]
    public async Task One_attempt_too_many_is_answered_429_until_the_window_has_passed()
    {
        var time = new ManualTimeProvider();
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_inMemory with { TimeProvider = time });
        for (int i = 0; i < 300; i++)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
            peer.Abort();
            await Deadline.Within(peer.Served);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await using (RawPeer refused = RawPeer.Attach(simulator))
        {
            await refused.WriteAsync(RawPeer.Upgrade("/ws"));
            string answer = await refused.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 270\r\n", answer, StringComparison.Ordinal);
        }

        time.Advance(TimeSpan.FromSeconds(270));
        await using RawPeer admitted = await RawPeer.ConnectAsync(simulator, "/ws");
        Assert.Equal(301, simulator.GetStatistics().ConnectionsAccepted);
    }

    [Fact]
    public async Task A_foreign_client_sees_the_429()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { ConnectionAttempts = 1 });
        await using ForeignClient first = await ForeignClient.ConnectAsync(simulator, "/ws");
        await using var second = new ForeignClient();
        second.Socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => second.Socket.ConnectAsync(new Uri(simulator.Url, "/ws"), Deadline.Token));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.Socket.HttpStatusCode);
        Assert.InRange(int.Parse(Assert.Single(second.Socket.HttpResponseHeaders!["Retry-After"]), System.Globalization.CultureInfo.InvariantCulture), 1, 300);
    }

    [Fact]
    public async Task TLS_speaks_for_localhost()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = true });
        Assert.Equal("wss", simulator.Url.Scheme);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade");

        // Signed by itself, so the chain is not trusted; the name must fit all the same.
        Assert.Equal(System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors, client.PolicyErrors);
        Assert.Equal("trade", (await client.NextAsync()).GetProperty("e").GetString());
        Assert.Contains("127.0.0.1", simulator.Certificate!.Extensions["2.5.29.17"]!.Format(false), StringComparison.Ordinal);
    }

    private static async Task ExpectAsync(string request, int status)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_inMemory);
        await using RawPeer peer = RawPeer.Attach(simulator);
        await peer.WriteAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
        await Deadline.Within(peer.Served);
        Assert.Equal(1, simulator.GetStatistics().ConnectionsRefused);
    }
}
