using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Protocol;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>
/// RELIABILITY B35 and B44: a message that has begun has to end. On real connections, in every framing, read by the pool and by a thread, with time that passes when the
/// test says so. When exactly the limit strikes is shown in <see cref="MessageWatchTests"/>.
/// </summary>
public sealed class SlowMessageTests(ITestOutputHelper output)
{
    private const int Fragments = 200;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly BlockPool _pool = new(4096);
    private readonly ManualTimeProvider _time = new();
    private readonly Payloads _payloads = new();

    public static TheoryData<string, bool, ReceiveMode> Trickles()
    {
        var all = new TheoryData<string, bool, ReceiveMode>();
        foreach (string kind in (string[])["frame", "header", "fragments", "empty fragments", "compressed", "silence"])
        {
            all.Add(kind, false, ReceiveMode.Async);
            all.Add(kind, false, ReceiveMode.Thread);
            all.Add(kind, true, ReceiveMode.Async);
        }

        return all;
    }

    /// <summary>B35, B44: however a message trickles, and though nobody watches the silence, it is ended with 1008 and the peer is told.</summary>
    [Theory]
    [MemberData(nameof(Trickles))]
    public async Task A_message_without_an_end_ends_the_line(string kind, bool tls, ReceiveMode mode)
    {
        (byte[] first, byte[] more) = kind switch
        {
            "frame" => (Wire.Header(0x82, 1_000_000, 8), "x"u8.ToArray()),
            "header" => ([0x82, 127, 0, 0, 0], []),
            "fragments" => (Wire.Part(Wire.Text, "<"), Wire.Part(Wire.Continuation, ".")),
            "empty fragments" => (Wire.Part(Wire.Text, ""), Wire.Part(Wire.Continuation, "")),
            "compressed" => (Wire.Header(0xC2, 60_000, 2), [0, 0, 0, 0xFF, 0xFF]),
            _ => (Wire.Part(Wire.Text, "<"), []),
        };
        var told = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptServer server = ScriptServer.Start(tls, extensions: kind == "compressed" ? "permessage-deflate" : null, script: async stream =>
        {
            await stream.WriteAsync((byte[])[.. Wire.Frame(Wire.Text, "before"), .. first]);
            Task trickling = TrickleAsync(stream, more);
            told.SetResult(await ReadToEndAsync(stream));
            await trickling;
        });
        LineOptions options = Options(mode) with { Framing = new WebSocketFraming { Deflate = kind == "compressed" ? new DeflateOptions() : null } };
        await using Closer closer = await ConnectAsync(PlainProtocol.At(server.Url), _payloads, options);
        Line line = closer.Line;
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message before");

        LineEnd end = await EndAsync(line, kind);
        AssertTooSlow(end, 1008);
        Assert.Equal(["before"], _payloads.All);
        await closer.DisposeAsync();
        Assert.Equal(1008, CloseCodeIn(await Deadline.Within(told.Task)));
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>B44 over pings: each one between two fragments is answered for as long as the message may take, and then it may not any longer.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Pings_between_fragments_are_answered_and_buy_no_time(ReceiveMode mode)
    {
        int answered = 0;
        await using ScriptServer server = ScriptServer.Start(script: async stream =>
        {
            byte[] answer = new byte[7];
            await stream.WriteAsync(Wire.Part(Wire.Text, "<"));
            while (true)
            {
                await stream.WriteAsync((byte[])[.. Wire.Part(Wire.Continuation, "."), .. Wire.Frame(Wire.Ping, "?")]);

                // A masked pong with one byte; when it is here the line has read so far, and a second may pass.
                await stream.ReadExactlyAsync(answer);
                if (answer[0] != 0x8A)
                {
                    return;
                }

                answered++;
                _time.Advance(s_second);
            }
        });

        // With a heartbeat, which sees a lively peer.
        LineOptions options = Options(mode) with { Heartbeat = new HeartbeatOptions(), CloseTimeout = TimeSpan.FromMilliseconds(10) };
        await using Closer closer = await ConnectAsync(PlainProtocol.At(server.Url), _payloads, options);
        Line line = closer.Line;
        await Deadline.UntilAsync(() => line.Completion.IsCompleted || Passed(), "the end of the line");
        AssertTooSlow(await line.Completion, 1008);
        Assert.InRange(answered, 60, 76);

        // From when the Close has gone out on, no pong moves the clock.
        bool Passed()
        {
            if (answered >= 60)
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }

            return false;
        }
    }

    /// <summary>A message may take its time, again and again, and reads may cut it anywhere.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Slow_messages_within_the_limit_are_delivered(ReceiveMode mode)
    {
        var go = new SemaphoreSlim(0);
        await using ScriptServer server = ScriptServer.Start(script: async stream =>
        {
            await stream.WriteAsync(Wire.Part(Wire.Text, "0"));
            for (int i = 1; i <= 20; i++)
            {
                await go.WaitAsync(Deadline.Token);

                // Never between two messages: the end of one always brings the beginning of the next, as fragments or as half a frame.
                byte[] next = i % 2 == 0 ? Wire.Part(Wire.Text, $"{i}") : Wire.Frame(Wire.Text, $"{i}.")[..^1];
                byte[] end = i % 2 == 0 ? "."u8.ToArray() : Wire.Frame(Wire.Continuation, ".");
                await stream.WriteAsync((byte[])[.. end, .. next]);
            }
        });
        await using Closer closer = await ConnectAsync(PlainProtocol.At(server.Url), _payloads, Options(mode));
        Line line = closer.Line;
        for (int i = 1; i <= 20; i++)
        {
            _time.Advance(s_limit - TimeSpan.FromMilliseconds(1));
            go.Release();
            await Deadline.UntilAsync(() => _payloads.All.Length == i, $"message {i}");
        }

        Assert.Equal(LineState.Live, line.State);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}."), _payloads.All);
    }

    [Fact]
    public async Task Without_a_limit_a_message_may_take_a_day()
    {
        var go = new SemaphoreSlim(0);
        await using ScriptServer server = ScriptServer.Start(script: async stream =>
        {
            await stream.WriteAsync((byte[])[.. Wire.Frame(Wire.Text, "before"), .. Wire.Part(Wire.Text, "in")]);
            await go.WaitAsync(Deadline.Token);
            await stream.WriteAsync(Wire.Frame(Wire.Continuation, " time"));
        });
        LineOptions options = Options(ReceiveMode.Async) with { Limits = new FrameLimits { MessageTimeout = null } };
        await using Closer closer = await ConnectAsync(PlainProtocol.At(server.Url), _payloads, options);
        Line line = closer.Line;
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message before");
        _time.Advance(TimeSpan.FromDays(1));
        go.Release();
        await Deadline.UntilAsync(() => _payloads.All.Length == 2, "the slow message");
        Assert.Equal("in time", _payloads.All[1]);
    }

    /// <summary>B35, B44 in framings without Close frames: the connection is cut.</summary>
    [Theory]
    [InlineData("length", ReceiveMode.Async)]
    [InlineData("length", ReceiveMode.Thread)]
    [InlineData("varint", ReceiveMode.Async)]
    [InlineData("delimited", ReceiveMode.Async)]
    [InlineData("delimited", ReceiveMode.Thread)]
    [InlineData("fix", ReceiveMode.Async)]
    public async Task A_raw_message_without_an_end_ends_the_line(string framing, ReceiveMode mode)
    {
        using TcpListener listener = Loopback.Listen();
        Task<byte[]> serving = Task.Run(async () =>
        {
            using Socket socket = await listener.AcceptSocketAsync(Deadline.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync((byte[])[.. RawFramings.Frame(framing, 1), .. RawFramings.Frame(framing, 2)[..^4]]);
            return await ReadToEndAsync(stream);
        });
        LineOptions options = Options(mode) with { Framing = RawFramings.Framing(framing) };
        await using Closer closer = await ConnectAsync(RawFramings.Venue($"tcp://127.0.0.1:{listener.Port()}"), _payloads, options);
        Line line = closer.Line;
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message before");
        AssertTooSlow(await EndAsync(line, framing), 0);
        Assert.Empty(await Deadline.Within(serving));
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>The transport of the framework, which bounds nothing by itself.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Over_ClientWebSocket_a_message_without_an_end_ends_the_line(int size)
    {
        var told = new TaskCompletionSource<WebSocketCloseStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            await socket.SendAsync("before"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, token);
            await socket.SendAsync("<"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, token);
            await socket.SendAsync(new byte[size], WebSocketMessageType.Text, endOfMessage: false, token);
            WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[100], token);
            told.SetResult(result.CloseStatus);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, token);
        });

        // The test's clock runs a thousand times faster than the server. The Close is promised to arrive only if the peer's time to answer is long enough to read it: the
        // connection is cut after that, and a server whose request is aborted need not look at what came before (RFC 6455 section 7.1.1).
        LineOptions options = Options(ReceiveMode.Async) with { Transport = new ClientWebSocketTransportFactory(), CloseTimeout = TimeSpan.FromDays(1) };
        await using Closer closer = await ConnectAsync(PlainProtocol.At(server.Url), _payloads, options);
        Line line = closer.Line;
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message before");
        AssertTooSlow(await EndAsync(line, "ClientWebSocket"), 1008);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await Deadline.Within(told.Task));
    }

    /// <summary>A user's own Close is what the line ends by, though the peer is in the midst of a message that it never ends.</summary>
    [Fact]
    public async Task A_line_that_is_being_closed_is_not_given_up_for_a_message()
    {
        await using ScriptServer server = ScriptServer.Start(script: stream => stream.WriteAsync((byte[])[.. Wire.Frame(Wire.Text, "before"), .. Wire.Part(Wire.Text, "<")]).AsTask());
        LineOptions options = Options(ReceiveMode.Async) with { CloseTimeout = TimeSpan.FromMinutes(3) };
        Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(server.Url), _payloads, options));
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the message before");
        Task closing = line.DisposeAsync().AsTask();
        await Deadline.UntilAsync(() => Pass(closing), "the close");
        LineEnd end = await line.Completion;
        Assert.Equal(1006, end.CloseCode);
        Assert.IsNotType<MessageTimeoutException>(end.Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_400_001)]
    public void A_limit_out_of_its_range_is_refused(long milliseconds) =>
        Assert.Equal(["Limits.MessageTimeout"], WrongOptions.In(new LineOptions { Limits = new FrameLimits { MessageTimeout = TimeSpan.FromMilliseconds(milliseconds) } }));

    [Fact]
    public void It_counts_as_the_policy_violation_that_its_code_says() =>
        Assert.Equal(LossKind.Policy, LossTable.KindOf(new LineEnd(0, "", new MessageTimeoutException(new Uri("ws://venue.test"), s_limit)), new ReconnectOptions()));

    private async Task<Closer> ConnectAsync<TProtocol>(Venue<TProtocol> venue, Payloads payloads, LineOptions options)
        where TProtocol : struct, IVenueProtocol => new(this, await Deadline.Within(Line.ConnectAsync(venue, payloads, options)));

    private LineOptions Options(ReceiveMode mode) => new()
    {
        ReceiveMode = mode,
        Reconnect = null,
        Heartbeat = null,
        TimeProvider = _time,
        Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
    };

    /// <summary>Lets time pass until the line has ended, and asserts that it did not before its time.</summary>
    private async Task<LineEnd> EndAsync(Line line, string what)
    {
        long start = _time.GetTimestamp();
        await Deadline.UntilAsync(() => Pass(line.Completion), "the end of the line");
        TimeSpan passed = _time.GetElapsedTime(start);
        output.WriteLine($"{what}: ended after {passed.TotalSeconds} s; the limit is {s_limit.TotalSeconds} s, and the peer has 2 s to answer the Close");
        Assert.True(passed >= s_limit, "too early");
        return await line.Completion;
    }

    private bool Pass(Task task)
    {
        if (!task.IsCompleted)
        {
            _time.Advance(s_second);
        }

        return task.IsCompleted;
    }

    private static void AssertTooSlow(LineEnd end, int code)
    {
        Assert.Equal((LineEndCause.Violation, FrameFault.MessageTooSlow, code), (end.Cause, end.Fault, end.CloseCode));
        MessageTimeoutException error = Assert.IsType<MessageTimeoutException>(end.Error);
        Assert.Equal((s_limit, 1008), (error.Limit, error.CloseCode));
        Assert.Contains("within 60 s", end.Reason, StringComparison.Ordinal);
    }

    /// <summary>A bit every now and then, for as long as anybody listens.</summary>
    private static async Task TrickleAsync(Stream stream, byte[] more)
    {
        try
        {
            for (int i = 0; i < Fragments && more.Length > 0; i++)
            {
                await stream.WriteAsync(more);
                await Task.Yield();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The line has gone.
        }
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        var all = new List<byte>();
        byte[] piece = new byte[256];
        try
        {
            for (int count; (count = await stream.ReadAsync(piece)) > 0;)
            {
                all.AddRange(piece[..count]);
            }
        }
        catch (IOException)
        {
            // Cut, with what had come before.
        }

        return [.. all];
    }

    /// <summary>The code of a masked Close frame, which must be all that was said.</summary>
    private static int CloseCodeIn(byte[] said)
    {
        Assert.Equal(0x88, said[0]);
        Assert.Equal(said.Length, 6 + (said[1] & 0x7F));
        return ((said[6] ^ said[2]) << 8) | (said[7] ^ said[3]);
    }

    /// <summary>Closes a line, and lets time pass meanwhile: its peers here do not answer a Close.</summary>
    private sealed class Closer(SlowMessageTests test, Line line) : IAsyncDisposable
    {
        public Line Line => line;

        public async ValueTask DisposeAsync()
        {
            Task closing = line.DisposeAsync().AsTask();
            await Deadline.UntilAsync(() => test.Pass(closing), "the line to be closed");
        }
    }
}
