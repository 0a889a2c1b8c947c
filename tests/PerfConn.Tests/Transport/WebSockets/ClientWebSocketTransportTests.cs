using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Transport.WebSockets;

public class ClientWebSocketTransportTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(1000)]
    public async Task Messages_go_both_ways_and_keep_their_boundaries(int receiveBufferSize)
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync);
        await using ITransport transport = await ConnectAsync(server.Url, new ClientWebSocketTransportOptions { ReceiveBufferSize = receiveBufferSize });
        var sender = Sending.Over(transport, new MessageRecordEncoder());
        byte[] large = Wire.MixedText(100_000);
        byte[] huge = Wire.Bytes(1_000_000);
        await sender.SendAsync(Wire.Text, "one"u8);
        await sender.SendAsync(Wire.Binary, []);
        await sender.SendAsync(Wire.Ping, "dropped"u8);
        await sender.SendAsync(Wire.Text, large);
        await sender.SendAsync(Wire.Binary, huge);

        Assert.Equal(TransportContent.Messages, transport.Content);
        Assert.Equal(
            [
                RecordingSink.Message("one"u8, true), RecordingSink.Message([], false), RecordingSink.Message(large, true), RecordingSink.Message(huge, false),
            ],
            await Reading(transport).UntilAsync(4));
    }

    [Fact]
    public async Task Fragments_from_the_server_become_one_message()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            await socket.SendAsync(new byte[] { (byte)'a', 0xC3 }, WebSocketMessageType.Text, endOfMessage: false, token);
            await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, endOfMessage: false, token);
            await socket.SendAsync(new byte[] { 0xA9 }, WebSocketMessageType.Text, endOfMessage: true, token);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, token);
        });
        await using ITransport transport = await ConnectAsync(server.Url);

        Assert.Equal(RecordingSink.Message([(byte)'a', 0xC3, 0xA9], true), (await Reading(transport).UntilAsync(1))[0]);
    }

    [Theory]
    [InlineData(1000, "")]
    [InlineData(1008, "rate limit \u20ac")]
    [InlineData(4321, "venue's own")]
    public async Task A_close_arrives_as_a_record_with_code_and_reason(int code, string reason)
    {
        await using AspNetServer server = await AspNetServer.StartAsync(
            (socket, token) => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, token));
        await using ITransport transport = await ConnectAsync(server.Url);
        byte[] payload = Wire.CloseFrame(code, reason)[2..];

        Assert.Equal([RecordingSink.Control(ControlFrame.Close, payload)], await Reading(transport).ToEndAsync());
    }

    [Fact]
    public async Task A_close_without_a_code_is_a_valid_close()
    {
        // The framework cannot send such a close, but a venue can.
        using TcpListener listener = Loopback.Listen();
        Task<List<string>> serving = ServeRawAsync(listener.AcceptSocketAsync(), Wire.Frame(Wire.Close, []));
        await using ITransport transport = await ConnectAsync($"ws://127.0.0.1:{listener.Port()}/");

        string close = Assert.Single(await Reading(transport).ToEndAsync());
        Assert.StartsWith("Close ", close, StringComparison.Ordinal);
        await transport.DisposeAsync();
        await serving.WaitAsync(s_deadline);
    }

    [Theory]
    [InlineData(1000, "bye")]
    [InlineData(4000, "")]
    public async Task A_close_that_is_sent_arrives_with_code_and_reason(int code, string reason)
    {
        var closed = new TaskCompletionSource<(WebSocketCloseStatus?, string?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[100], token);
            closed.SetResult((result.CloseStatus, result.CloseStatusDescription));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, token);
        });
        await using ITransport transport = await ConnectAsync(server.Url);
        var sender = Sending.Over(transport, new MessageRecordEncoder());
        var payload = new byte[FrameHeader.MaxControlPayload];
        await sender.SendAsync(Wire.Close, payload.AsSpan(0, CloseFrame.Write(payload, code, reason)));

        Assert.Equal(((WebSocketCloseStatus)code, reason), await closed.Task.WaitAsync(s_deadline));
        Assert.Single(await Reading(transport).ToEndAsync());
    }

    [Fact]
    public async Task A_server_that_goes_away_without_a_close_ends_the_stream()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            await socket.SendAsync("tick"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, token);
            _ = await socket.ReceiveAsync(new byte[10], token);
            socket.Abort();
        });
        await using ITransport transport = await ConnectAsync(server.Url);
        TransportReading<MessageRecordParser> reading = Reading(transport);
        _ = await reading.UntilAsync(1);
        await Sending.Over(transport, new MessageRecordEncoder()).SendAsync(Wire.Text, "go"u8);

        Assert.Equal([RecordingSink.Message("tick"u8, true)], await reading.ToEndAsync());
    }

    [Fact]
    public async Task An_abort_fails_the_pending_read_and_ends_the_server()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            try
            {
                _ = await socket.ReceiveAsync(new byte[100], token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                gone.SetResult();
            }
        });
        await using ITransport transport = await ConnectAsync(server.Url);
        Task<ReadResult> pending = transport.Input.ReadAsync().AsTask();

        transport.Abort();
        transport.Abort();

        await Assert.ThrowsAsync<NetworkException>(() => pending.WaitAsync(s_deadline));
        await gone.Task.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_send_after_the_connection_was_lost_fails()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync);
        await using ITransport transport = await ConnectAsync(server.Url);
        var sender = Sending.Over(transport, new MessageRecordEncoder());
        transport.Abort();

        // The first goes into the pipe; its failure is known once the loop behind has tried.
        async Task SendUntilItFailsAsync()
        {
            while (true)
            {
                await sender.SendAsync(Wire.Text, "tick"u8);
                await Task.Yield();
            }
        }

        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => SendUntilItFailsAsync().WaitAsync(s_deadline));
        Assert.Contains("the connection was lost", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_a_server_that_does_not_read()
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AspNetServer server = await AspNetServer.StartAsync((_, token) => never.Task.WaitAsync(token));
        ITransport transport = await ConnectAsync(server.Url, new ClientWebSocketTransportOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        var sender = Sending.Over(transport, new MessageRecordEncoder());
        _ = sender.SendAsync(Wire.Binary, new byte[30_000_000]);

        await transport.DisposeAsync().AsTask().WaitAsync(s_deadline);

        never.SetResult();
    }

    /// <summary>dotnet/runtime#125257: the framework's own sends have no deadline. The line's aborts the one that is under way, and nothing waits for it after that.</summary>
    [Fact]
    public async Task A_write_that_the_peer_does_not_take_is_aborted_at_the_send_deadline()
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AspNetServer server = await AspNetServer.StartAsync((_, token) => never.Task.WaitAsync(token));
        var time = new ManualTimeProvider();
        var options = new LineOptions
        {
            Transport = new ClientWebSocketTransportFactory(new ClientWebSocketTransportOptions { TimeProvider = time }),
            TimeProvider = time,
            SendLimits = new SendLimits { Deadline = TimeSpan.FromSeconds(3), MaxPendingBytes = 64 << 20 },
            Reconnect = null,
        };
        MessageLine line = await Deadline.Within(MessageLine.ConnectAsync(Endpoint.Parse(server.Url), default(NoHandler), options));
        Task sending = line.SendAsync(new byte[30_000_000].AsMemory(), isText: false).AsTask();
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(sending.IsCompleted);
        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.1));
                return sending.IsCompleted;
            },
            "the end of the send");

        await Assert.ThrowsAsync<SendTimeoutException>(() => sending);
        Assert.IsType<SendTimeoutException>((await Deadline.Within(line.Completion)).Error);

        // It waits for the transport's own loop, in which the write was.
        await Deadline.Within(line.DisposeAsync().AsTask());
        never.SetResult();
    }

    [Fact]
    public async Task What_was_sent_before_disposing_arrives()
    {
        // A bare socket: a server that treats the cut after the last byte as an error would forget bytes that have arrived.
        using TcpListener listener = Loopback.Listen();
        Task<List<string>> serving = ServeRawAsync(listener.AcceptSocketAsync(), []);
        ITransport transport = await ConnectAsync($"ws://127.0.0.1:{listener.Port()}/");
        var sender = Sending.Over(transport, new MessageRecordEncoder());
        for (int i = 0; i < 200; i++)
        {
            _ = sender.SendAsync(Wire.Text, "unsubscribe"u8);
        }

        await sender.SendAsync(Wire.Close, []);
        await transport.DisposeAsync().AsTask().WaitAsync(s_deadline);

        List<string> received = await serving.WaitAsync(s_deadline);
        Assert.Equal(201, received.Count);
        Assert.StartsWith("Close ", received[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, null)]
    [InlineData(429, 7)]
    [InlineData(503, null)]
    [InlineData(200, null)]
    public async Task A_refused_upgrade_tells_its_status_and_when_to_come_back(int status, int? retryAfter)
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = $"{retryAfter}";
            }

            return Task.CompletedTask;
        });

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => ConnectAsync(server.Url));

        Assert.Equal(status, e.StatusCode);
        Assert.Equal(retryAfter, (int?)e.RetryAfter?.TotalSeconds);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_and_subprotocols_are_sent()
    {
        string? header = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(async context =>
        {
            header = context.Request.Headers["X-Key"];
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols[1]);
        });
        Endpoint endpoint = Endpoint.Parse(server.Url) with { Headers = [new("X-Key", "k")], Subprotocols = ["one", "two"] };

        await using ITransport transport = await new ClientWebSocketTransportFactory().ConnectAsync(endpoint, CancellationToken.None);

        Assert.Equal("k", header);
    }

    [Theory]
    [InlineData("X-Key", "a\r\nX-Injected: b")]
    [InlineData("X-Key", "a\nb")]
    [InlineData("X Key", "a")]
    [InlineData("X-Key\r\n", "a")]
    public async Task A_header_that_would_break_out_of_its_line_is_refused(string name, string value)
    {
        int requests = 0;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(_ =>
        {
            requests++;
            return Task.CompletedTask;
        });
        Endpoint endpoint = Endpoint.Parse(server.Url) with { Headers = [new(name, value)] };

        await Assert.ThrowsAnyAsync<ArgumentException>(() => new ClientWebSocketTransportFactory().ConnectAsync(endpoint, CancellationToken.None).AsTask());
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task A_refused_connection_and_an_unknown_host_are_network_failures()
    {
        await Assert.ThrowsAsync<NetworkException>(() => ConnectAsync("ws://127.0.0.1:1/"));
        await Assert.ThrowsAsync<NetworkException>(() => ConnectAsync("ws://nosuchhost.invalid/"));
    }

    [Fact]
    public async Task A_self_signed_certificate_is_refused_unless_told_otherwise()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync, tls: true);

        await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(server.Url));
        await using ITransport transport = await ConnectAsync(server.Url, new ClientWebSocketTransportOptions { DangerouslyAcceptAnyCertificate = true });
        await Sending.Over(transport, new MessageRecordEncoder()).SendAsync(Wire.Text, "x"u8);
        Assert.Single(await Reading(transport).UntilAsync(1));
    }

    [Fact]
    public async Task A_cancelled_attempt_is_cancelled() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => new ClientWebSocketTransportFactory().ConnectAsync(Endpoint.Parse("ws://127.0.0.1:1/"), new CancellationToken(canceled: true)).AsTask());

    /// <summary>Upgrades one connection by hand, sends the bytes, and reads until the client goes; gives what it sent.</summary>
    private static async Task<List<string>> ServeRawAsync(Task<Socket> accepting, byte[] frames)
    {
        using Socket server = await accepting;
        var request = new byte[4096];
        int length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            length += await server.ReceiveAsync(request.AsMemory(length));
        }

        string key = Encoding.ASCII.GetString(request).Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
        string answer = HandshakeAnswers.Good.Replace(HandshakeAnswers.Accept, ClientHandshake.AcceptFor(key), StringComparison.Ordinal);
        await server.SendAsync(Encoding.ASCII.GetBytes(answer));
        await server.SendAsync(frames);
        var received = new MemoryStream();
        try
        {
            for (int count = 1; count > 0; received.Write(request, 0, count))
            {
                count = await server.ReceiveAsync(request);
            }
        }
        catch (SocketException)
        {
            // The client's way to hang up.
        }

        return Feeder.Feed(new WebSocketFrameParser<ServerRole>(FrameLimits.Default), received.ToArray(), [], Feeding.ContiguousReads).Events;
    }

    private static TransportReading<MessageRecordParser> Reading(ITransport transport) => new(transport, new MessageRecordParser(FrameLimits.Default));

    private static async Task<ITransport> ConnectAsync(string url, ClientWebSocketTransportOptions? options = null)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        return await new ClientWebSocketTransportFactory(options ?? new()).ConnectAsync(Endpoint.Parse(url), deadline.Token);
    }

    private readonly struct NoHandler : IMessageHandler
    {
        public void OnMessage(in Message message)
        {
        }
    }
}
