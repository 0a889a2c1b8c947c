using System;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Transport;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Handshake, encoder and parser over real sockets, plain and TLS, against a server that nobody here wrote.</summary>
public sealed class AspNetConformanceTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly BlockPool _pool = new(4096);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_all_lengths_are_echoed_and_the_close_is_answered(bool tls)
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync, tls);
        await using (ITransport transport = await ConnectAsync(server.Url))
        {
            var reading = new TransportReading<WebSocketFrameParser<ClientRole>>(transport, new(FrameLimits.Default));
            var sender = Sending.Over(transport, new WebSocketFrameEncoder(new MaskKeys()));
            int[] lengths = [0, 1, 125, 126, 127, 65535, 65536, 100_000];
            int count = 0;
            foreach (int length in lengths)
            {
                byte[] text = Wire.MixedText(length);
                byte[] binary = Wire.Bytes(length);
                await sender.SendAsync(Wire.Text, text).Within();
                await sender.SendAsync(Wire.Binary, binary).Within();
                count += 2;
                Assert.Equal([RecordingSink.Message(text, true), RecordingSink.Message(binary, false)], (await reading.UntilAsync(count))[^2..]);
            }

            byte[] close = Wire.CloseFrame(4242, "f\u00fcr heute")[2..];
            await sender.SendAsync(Wire.Close, close).Within();
            Assert.Equal(RecordingSink.Control(ControlFrame.Close, close), (await reading.ToEndAsync())[^1]);
            await transport.Input.CompleteAsync();
        }

        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_payload()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync);
        await using ITransport transport = await ConnectAsync(server.Url);
        var sender = Sending.Over(transport, new WebSocketFrameEncoder(new MaskKeys()));
        await sender.SendAsync(Wire.Ping, "are you there"u8);

        Assert.Equal(
            [RecordingSink.Control(ControlFrame.Pong, "are you there"u8)],
            await new TransportReading<WebSocketFrameParser<ClientRole>>(transport, new(FrameLimits.Default)).UntilAsync(1));
        await transport.Input.CompleteAsync();
    }

    [Fact]
    public async Task Fragments_and_a_close_of_the_server_arrive()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            await socket.SendAsync(new byte[] { (byte)'a', 0xE2, 0x82 }, WebSocketMessageType.Text, endOfMessage: false, token);
            await socket.SendAsync(new byte[] { 0xAC }, WebSocketMessageType.Text, endOfMessage: false, token);
            await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, endOfMessage: true, token);
            await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "no", token);
        });
        await using ITransport transport = await ConnectAsync(server.Url);
        var reading = new TransportReading<WebSocketFrameParser<ClientRole>>(transport, new(FrameLimits.Default));

        Assert.Equal(
            [RecordingSink.Message("a\u20ac"u8, true), RecordingSink.Control(ControlFrame.Close, Wire.CloseFrame(1008, "no").AsSpan(2))],
            await reading.UntilAsync(2));
        await Sending.Over(transport, new WebSocketFrameEncoder(new MaskKeys())).SendAsync(Wire.Close, []);
        _ = await reading.ToEndAsync();
        await transport.Input.CompleteAsync();
    }

    [Fact]
    public async Task The_server_chooses_a_subprotocol_and_sees_the_headers()
    {
        string? header = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(async context =>
        {
            header = $"{context.Request.Headers["X-Key"]} {context.Request.QueryString}";
            using System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync("v2.ticks");
        });
        Endpoint endpoint = Endpoint.Parse(server.Url) with { Headers = [new("X-Key", "k")], Subprotocols = ["chat", "v2.ticks"] };
        await using ITransport transport = await new SocketTransportFactory().ConnectAsync(endpoint, CancellationToken.None);

        HandshakeOutcome outcome = await ClientHandshake.PerformAsync(transport, endpoint, RandomNumberGenerator.Fill, TimeProvider.System, deflate: null, FrameLimits.Default, CancellationToken.None);

        Assert.Equal(new HandshakeOutcome("v2.ticks", null), outcome);
        Assert.Equal("k ?token=canary", header);
        await transport.Input.CompleteAsync();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    public async Task A_refusal_tells_its_status(int status)
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => ConnectAsync(server.Url));

        Assert.Equal(status, e.StatusCode);
        Assert.Equal(0, _pool.Outstanding);
    }

    private async Task<ITransport> ConnectAsync(string url)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        var factory = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } });
        Endpoint endpoint = Endpoint.Parse(url);
        ITransport transport = await factory.ConnectAsync(endpoint, deadline.Token);
        try
        {
            await ClientHandshake.PerformAsync(transport, endpoint, RandomNumberGenerator.Fill, TimeProvider.System, deflate: null, FrameLimits.Default, deadline.Token);
            return transport;
        }
        catch
        {
            await transport.Input.CompleteAsync();
            await transport.DisposeAsync();
            throw;
        }
    }
}
