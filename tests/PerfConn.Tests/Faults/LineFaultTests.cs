using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.TestKit;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>
/// Rows of RELIABILITY B1 and B2 as a whole line bears them on a real socket: plain and under TLS, read by the pool and by a thread. Each says how long it took to
/// notice. What a parser alone can show stands with the parser.
/// </summary>
public sealed class LineFaultTests(ITestOutputHelper output)
{
    private readonly BlockPool _pool = new(4096);
    private readonly Payloads _payloads = new();

    public static TheoryData<bool, ReceiveMode> Lines => new()
    {
        { false, ReceiveMode.Async }, { false, ReceiveMode.Thread }, { true, ReceiveMode.Async }, { true, ReceiveMode.Thread },
    };

    /// <summary>B01, as far as it can hold without a ping deadline: a vanished peer fails what waits for it, and does not keep the line from being closed.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Of_a_peer_that_has_vanished_requests_fail_and_closing_is_bounded(bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls);
        await using FaultProxy proxy = FaultProxy.Start(server.Port);
        Venue<PlainProtocol> venue = PlainProtocol.At(proxy.Through(server.Url)) with { Limits = new VenueLimits { ReplyTimeout = TimeSpan.FromMilliseconds(100) } };
        Line line = await Line.ConnectAsync(venue, Options(mode) with { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        proxy.BlackHole();

        long start = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<SubscriptionException>(() => Deadline.Within(line.SubscribeAsync(["X"], _payloads)));
        Say("request", start);
        start = TimeProvider.System.GetTimestamp();
        await Deadline.Within(line.DisposeAsync().AsTask());
        Say("close", start);

        LineEnd end = await line.Completion;
        Assert.Equal(1006, end.CloseCode);
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>B05: the system does not answer the SYN, because the listener's backlog is full.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_connect_that_hangs_ends_at_the_deadline(ReceiveMode mode)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        List<Socket> crowd = [];
        for (int i = 0; i < 8; i++)
        {
            var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            crowd.Add(one);
            try
            {
                await Task.Run(() => one.Connect(listener.LocalEndPoint!));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Under way, like the others.
            }
        }

        ConnectTimeoutException timeout = await FailAsync<ConnectTimeoutException>(
            $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/", Options(mode) with { ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(ConnectStage.Connecting, timeout.Stage);
        crowd.ForEach(one => one.Dispose());
    }

    /// <summary>B06; B21's stall under TLS.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_server_that_accepts_and_says_nothing_runs_into_the_deadline(bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls);
        await using FaultProxy proxy = FaultProxy.Start(server.Port);
        proxy.Accepting = AcceptMode.Hold;
        ConnectTimeoutException timeout = await FailAsync<ConnectTimeoutException>(
            proxy.Through(server.Url), Options(mode) with { ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(tls ? ConnectStage.Tls : ConnectStage.OpeningHandshake, timeout.Stage);
        Assert.Equal(0, _pool.Outstanding);

        // The socket is closed, not left behind: the proxy sees its client go.
        proxy.Accepting = AcceptMode.Relay;
        await Deadline.UntilAsync(() => proxy.Statistics.Open == 0, "the held connection to be over");
    }

    /// <summary>B07, D29: an answer that trickles is given up, also by a read that blocks its thread.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task An_answer_that_trickles_is_given_up(ReceiveMode mode)
    {
        var time = new ManualTimeProvider();
        await using ScriptServer server = ScriptServer.Start();
        await using FaultProxy proxy = FaultProxy.Start(server.Port, new FaultProxyOptions { ToClient = new ProxyFaults { BytesPerSecond = 10 } });
        Task<Line> connecting = Line.ConnectAsync(
            PlainProtocol.At(proxy.Through(server.Url)), _payloads, Options(mode) with { TimeProvider = time, ConnectTimeout = TimeSpan.FromMinutes(1) });

        // The connect deadline, and since the first byte the minimum rate.
        await Deadline.UntilAsync(() => time.Waiting == 2, "the first byte of the answer");
        time.Advance(TimeSpan.FromSeconds(5));

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => Deadline.Within(connecting));
        Assert.Contains("less than 240 bytes per second", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>B14: what is glued to the 101 is delivered whole, however it is cut.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Frames_glued_to_the_answer_are_delivered_in_any_pieces(bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls, ThreeMessages.Frames);
        await using FaultProxy proxy = FaultProxy.Start(server.Port, new FaultProxyOptions { Seed = 14, ToClient = new ProxyFaults { SliceAtMost = 7 } });
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(proxy.Through(server.Url)), _payloads, Options(mode)));
        await Deadline.UntilAsync(() => _payloads.All.Length == 3, "the three messages");
        Assert.Equal(ThreeMessages.Texts, _payloads.All);
    }

    /// <summary>B21, A2 (SslStream on zero-length records): whatever comes instead of TLS is one type of error.</summary>
    [Theory]
    [InlineData("zero-length record", new byte[] { 0x16, 3, 3, 0, 0 })]
    [InlineData("alert", new byte[] { 0x15, 3, 3, 0, 2, 2, 40 })]
    [InlineData("HTTP", new byte[] { 0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0x31, 0x20, 0x34, 0x30, 0x30, 0x0D, 0x0A, 0x0D, 0x0A })]
    [InlineData("giant record", new byte[] { 0x16, 3, 3, 0xFF, 0xFF, 1, 2, 3 })]
    [InlineData("nothing", new byte[0])]
    public async Task What_comes_instead_of_TLS_is_a_TLS_failure(string what, byte[] bytes)
    {
        foreach (ReceiveMode mode in (ReceiveMode[])[ReceiveMode.Async, ReceiveMode.Thread])
        {
            using TcpListener listener = Loopback.Listen();
            Task serving = AnswerAsync(listener, bytes);
            await FailAsync<TlsException>($"wss://localhost:{listener.Port()}/", Options(mode));
            await Deadline.Within(serving);
            Assert.True(_pool.Outstanding == 0, what);
        }
    }

    /// <summary>B30 to B33, B36, B37, B40: each fault ends the line with its code, and nothing of what came with it is delivered.</summary>
    [Theory]
    [InlineData("B30 masked", new byte[] { 0x81, 0x81, 0, 0, 0, 0, 0x41 }, 1002)]
    [InlineData("B31 RSV1 without deflate", new byte[] { 0xC1, 0x01, 0x41 }, 1002)]
    [InlineData("B31 RSV2", new byte[] { 0xA1, 0x01, 0x41 }, 1002)]
    [InlineData("B31 RSV3 on a ping", new byte[] { 0x99, 0x00 }, 1002)]
    [InlineData("B32 opcode 3", new byte[] { 0x83, 0x00 }, 1002)]
    [InlineData("B32 opcode 11", new byte[] { 0x8B, 0x00 }, 1002)]
    [InlineData("B32 ping of 126", new byte[] { 0x89, 0x7E, 0, 126 }, 1002)]
    [InlineData("B32 ping without FIN", new byte[] { 0x09, 0x00 }, 1002)]
    [InlineData("B33 length not minimal", new byte[] { 0x81, 0x7E, 0, 1, 0x41 }, 1002)]
    [InlineData("B33 top bit", new byte[] { 0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 1 }, 1002)]
    [InlineData("B34 frame of 2^40", new byte[] { 0x82, 0x7F, 0, 0, 1, 0, 0, 0, 0, 0 }, 1009)]
    [InlineData("B36 continuation of nothing", new byte[] { 0x80, 0x01, 0x41 }, 1002)]
    [InlineData("B36 message inside a message", new byte[] { 0x01, 0x01, 0x41, 0x81, 0x01, 0x42 }, 1002)]
    [InlineData("B37 overlong", new byte[] { 0x81, 0x02, 0xC0, 0x80 }, 1007)]
    [InlineData("B37 surrogate over two frames", new byte[] { 0x01, 0x01, 0xED, 0x80, 0x02, 0xA0, 0x80 }, 1007)]
    [InlineData("B40 Close of one byte", new byte[] { 0x88, 0x01, 3 }, 1002)]
    [InlineData("B40 Close with 1006", new byte[] { 0x88, 0x02, 3, 238 }, 1002)]
    public async Task A_fault_ends_the_line_with_its_code(string what, byte[] bytes, int code)
    {
        foreach ((bool tls, ReceiveMode mode) in ((bool, ReceiveMode)[])[(false, ReceiveMode.Async), (true, ReceiveMode.Thread)])
        {
            var payloads = new Payloads();
            await using ScriptServer server = ScriptServer.Start(tls, [.. Wire.Frame(Wire.Text, "before"), .. bytes, .. Wire.Frame(Wire.Text, "after")]);
            await using Line line = await Deadline.Within(Line.ConnectAsync(
                PlainProtocol.At(server.Url), payloads, Options(mode) with { CloseTimeout = TimeSpan.FromMilliseconds(50) }));
            long start = TimeProvider.System.GetTimestamp();
            LineEnd end = await Deadline.Within(line.Completion);
            Say(what + " (the peer had 50 ms to go)", start);
            Assert.Equal(code, end.CloseCode);
            Assert.Equal(code, Assert.IsType<PerfConn.Diagnostics.ProtocolViolationException>(end.Error).CloseCode);
            Assert.Equal(["before"], payloads.All);
        }

        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>B39: pongs that nobody asked for mean nothing. B40: what follows a Close is not delivered, and a second Close changes nothing.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Pongs_mean_nothing_and_what_follows_a_Close_is_not_heard(bool tls, ReceiveMode mode)
    {
        byte[] said = Wire.Join(
            Wire.Frame(Wire.Pong, ""), Wire.Frame(Wire.Pong, "never sent"), Wire.Frame(Wire.Text, "heard"),
            Wire.CloseFrame(4000, "first"), Wire.Frame(Wire.Text, "not heard"), Wire.CloseFrame(4001, "second"));
        await using ScriptServer server = ScriptServer.Start(tls, said);
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(server.Url), _payloads, Options(mode)));
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal((4000, "first", null), (end.CloseCode, end.Reason, end.Error));
        Assert.Equal(["heard"], _payloads.All);
    }

    /// <summary>B41: the peer reads our Close and never answers it.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_Close_that_is_not_answered_is_waited_for_so_long_and_no_longer(bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls);
        Line line = await Deadline.Within(Line.ConnectAsync(
            PlainProtocol.At(server.Url), _payloads, Options(mode) with { CloseTimeout = TimeSpan.FromMilliseconds(200) }));
        long start = TimeProvider.System.GetTimestamp();
        await Deadline.Within(line.DisposeAsync().AsTask());
        Say("unanswered Close", start);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(150), "it was not waited for");
        Assert.Equal(1006, (await line.Completion).CloseCode);
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>B44: while a huge message trickles in, pings between its fragments are answered. That it must end some time is shown in <see cref="SlowMessageTests"/>.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Pings_between_the_fragments_of_a_trickling_message_are_answered(bool tls, ReceiveMode mode)
    {
        const int Fragments = 200;
        await using ScriptServer server = ScriptServer.Start(tls, script: async stream =>
        {
            byte[] answers = new byte[16];
            await stream.WriteAsync(Wire.Part(Wire.Text, "<"));
            for (int i = 0; i < Fragments; i++)
            {
                await stream.WriteAsync(Wire.Part(Wire.Continuation, "."));
                await stream.WriteAsync(Wire.Frame(Wire.Ping, "?"));

                // A masked pong with one byte: nothing further comes from the server until it is here.
                await stream.ReadExactlyAsync(answers.AsMemory(0, 7));
                Assert.Equal(0x8A, answers[0]);
            }

            await stream.WriteAsync(Wire.Frame(Wire.Continuation, ">"));
        });
        await using FaultProxy proxy = FaultProxy.Start(server.Port, new FaultProxyOptions { ToClient = new ProxyFaults { SliceAtMost = 2 } });
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(proxy.Through(server.Url)), _payloads, Options(mode)));
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message");
        Assert.Equal("<" + new string('.', Fragments) + ">", _payloads.All[0]);
        Assert.Equal(Fragments, line.Statistics.Pings);
    }

    private LineOptions Options(ReceiveMode mode) => new()
    {
        ReceiveMode = mode,
        Reconnect = null,

        // These servers do not answer a Close.
        CloseTimeout = TimeSpan.FromMilliseconds(100),
        Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
    };

    private async Task<TException> FailAsync<TException>(string url, LineOptions options)
        where TException : ConnectionException
    {
        long start = TimeProvider.System.GetTimestamp();
        TException e = await Assert.ThrowsAnyAsync<TException>(() => Deadline.Within(Line.ConnectAsync(PlainProtocol.At(url), _payloads, options)));
        Say(e.Message, start);
        return e;
    }

    private void Say(string what, long start) => output.WriteLine($"{what}: noticed after {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0.0} ms");

    private static async Task AnswerAsync(TcpListener listener, byte[] bytes)
    {
        using Socket socket = await listener.AcceptSocketAsync(Deadline.Token);
        await using var stream = new NetworkStream(socket);
        _ = await stream.ReadAsync(new byte[4096], Deadline.Token);
        try
        {
            await stream.WriteAsync(bytes, Deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(new byte[4096], Deadline.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client has gone.
        }
    }
}
