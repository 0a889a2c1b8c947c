using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Transport;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Diagnostics;

/// <summary>
/// RELIABILITY B78, D52: secrets stand in every place that can hold one, everything that can go wrong goes wrong, servers repeat what they were sent,
/// and no sink has a word of it: log at every level, the runtime's network events, exceptions with all they hold, and every <c>ToString</c>.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "Zq7XkW";
    private static readonly string[] s_everything =
    [
        Canary + "Query1234567", Canary + "Path00112233445566778899aabbccddeeff", Canary + "User", Canary + "Password", Canary + "Header", Canary + "Proto",
    ];

    private readonly SinkRecorder _sinks = new();

    public static TheoryData<bool> Transports() => [false, true];

    public void Dispose() => _sinks.Dispose();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_refused_connection_says_nothing(bool overClientWebSocket)
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await FailAsync($"ws://127.0.0.1:{port}", overClientWebSocket);
        AssertSilent(overClientWebSocket);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task TLS_that_is_not_spoken_says_nothing(bool overClientWebSocket)
    {
        await using AspNetServer plain = await AspNetServer.StartAsync(AspNetServer.EchoAsync);
        await FailAsync(Origin(plain).Replace("ws:", "wss:", StringComparison.Ordinal), overClientWebSocket);
        AssertSilent(overClientWebSocket);
    }

    [Theory]
    [InlineData("HTTP/1.1 401 {0}\r\nWWW-Authenticate: {0}\r\nRetry-After: {0}\r\n\r\n{0}")]
    [InlineData("HTTP/1.1 302 {0}\r\nLocation: wss://else.test/{0}?{0}\r\n\r\n")]
    [InlineData("HTTP/1.1 302 {0}\r\nLocation: ftp://else.test/{0}?{0}\r\n\r\n")]
    [InlineData("HTTP/1.1 200 {0}\r\nContent-Length: 9999\r\n\r\n{0}")]
    [InlineData("HTTP/1.1 101 {0}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {0}\r\n\r\n")]
    [InlineData("HTTP/1.1 101 {0}\r\nUpgrade: {0}\r\n{0}\r\n\r\n")]
    [InlineData("{0}\r\n\r\n")]
    public async Task An_answer_that_repeats_them_says_nothing(string answer)
    {
        foreach (bool overClientWebSocket in (bool[])[false, true])
        {
            using var server = new TcpListener(IPAddress.Loopback, 0);
            server.Start();
            Task serving = AnswerAsync(server, answer.Replace("{0}", string.Join(' ', s_everything), StringComparison.Ordinal));
            await FailAsync($"ws://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}", overClientWebSocket, maxRedirects: 1);
            await Deadline.Within(serving);
            AssertSilent(overClientWebSocket);
        }
    }

    [Fact]
    public async Task A_server_that_never_answers_says_nothing()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await FailAsync($"ws://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}", overClientWebSocket: false, connectTimeout: TimeSpan.FromMilliseconds(50));
        AssertSilent(overClientWebSocket: false);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_venue_that_closes_with_them_and_refuses_them_says_nothing(bool overClientWebSocket)
    {
        string all = string.Join(' ', s_everything);
        await using AspNetServer server = await AspNetServer.StartAsync(
            async (socket, token) =>
            {
                var buffer = new byte[4096];
                _ = await socket.ReceiveAsync(buffer, token);
                await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"id":1,"error":{"code":2,"msg":"{{{all}}}"}}"""), WebSocketMessageType.Text, true, token);
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, s_everything[0] + " " + s_everything[2], token);
            },
            subprotocol: s_everything[5]);
        Venue<BinanceProtocol> venue = Venue(Origin(server));
        LineOptions options = Options(overClientWebSocket) with { Reconnect = null };
        await using Line line = await Deadline.Within(Line.ConnectAsync(venue, options));
        try
        {
            await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(line.Symbols)));
        }
        catch (ConnectionException e)
        {
            _sinks.Add(e);
        }

        _sinks.Add(await Deadline.Within(line.Completion));
        _sinks.Add(line);
        _sinks.Add(line.Statistics);
        _sinks.Add(venue);
        _sinks.Add(options);
        AssertSilent(overClientWebSocket);
        Assert.True(_sinks.Logged >= 3, "the loss must have been logged for this test to mean anything");
    }

    [Fact]
    public void What_must_not_go_on_the_wire_is_refused_without_being_repeated()
    {
        Endpoint endpoint = Venue("ws://venue.test").Endpoint;
        foreach (Endpoint bad in (Endpoint[])
            [
                endpoint with { Headers = [new("X-Key", Canary + "\r\nHeader: 1")] },
                endpoint with { Headers = [new(Canary + "\r\n", "x")] },
                endpoint with { Subprotocols = [Canary + "\r\n"] },
            ])
        {
            _sinks.Add(Assert.Throws<ArgumentException>(() => PerfConn.Framing.WebSocket.HandshakeRequest.Create(bad, "key")));
            _sinks.Add(bad);
        }

        _sinks.Add(Assert.Throws<ArgumentException>(() => Endpoint.Parse("wss//" + Canary)));
        AssertSilent(overClientWebSocket: false);
    }

    private static async Task AnswerAsync(TcpListener server, string answer)
    {
        using TcpClient client = await server.AcceptTcpClientAsync();
        Stream stream = client.GetStream();
        var request = new byte[8192];
        int length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            length += await stream.ReadAsync(request.AsMemory(length), Deadline.Token);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), Deadline.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        while (await stream.ReadAsync(request, Deadline.Token) > 0)
        {
            // Until the client has gone: a socket closed with bytes unread would reset what was just sent.
        }
    }

    private static string Origin(AspNetServer server) => new Uri(server.Url).GetLeftPart(UriPartial.Authority);

    private static Venue<BinanceProtocol> Venue(string origin)
    {
        string url = $"{origin.Replace("://", $"://{s_everything[2]}:{s_everything[3]}@", StringComparison.Ordinal)}/ws/{s_everything[1]}?listenKey={s_everything[0]}";
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At(url);
        return venue with
        {
            Endpoint = venue.Endpoint with { Headers = [new("X-MBX-APIKEY", s_everything[4])], Subprotocols = [s_everything[5]] },
        };
    }

    private LineOptions Options(bool overClientWebSocket) => new()
    {
        Transport = overClientWebSocket ? new ClientWebSocketTransportFactory() : new SocketTransportFactory(),
        Logger = _sinks,
    };

    private async Task FailAsync(string origin, bool overClientWebSocket, int maxRedirects = 0, TimeSpan? connectTimeout = null)
    {
        Venue<BinanceProtocol> venue = Venue(origin);
        LineOptions options = Options(overClientWebSocket) with { MaxRedirects = maxRedirects, ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(10) };
        ConnectionException e = await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(Line.ConnectAsync(venue, options)));
        _sinks.Add(e);
        _sinks.Add((e as HandshakeException)?.Body);
        _sinks.Add(venue);
        _sinks.Add(venue.Endpoint);
        _sinks.Add(options);
        _sinks.Add(options.Transport);
    }

    /// <summary>
    /// Of the runtime's own events with ClientWebSocket only ours can be answered for: its HTTP layer writes paths into its event source (dotnet/docs#42792).
    /// </summary>
    private void AssertSilent(bool overClientWebSocket)
    {
        Assert.NotEmpty(_sinks.Heard);
        Assert.DoesNotContain(
            _sinks.Heard,
            said => said.Contains(Canary, StringComparison.OrdinalIgnoreCase) && !(overClientWebSocket && said.StartsWith("System.Net.", StringComparison.Ordinal)));
    }
}
