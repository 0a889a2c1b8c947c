using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Tool;
using PerfConn.Tests.Transport;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Plain messages in both directions, against ASP.NET Core's server and raw sockets: the line's life without a venue.</summary>
public sealed class MessageLineTests
{
    public static TheoryData<string> Carriers => ["socket", "thread", "clientwebsocket"];

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task A_handler_echoes_every_kind_of_message_from_inside(string carrier)
    {
        int[] lengths = [0, 1, 125, 126, 65_535, 65_536, 300_000, 3_000_000];
        var seen = new TaskCompletionSource();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            foreach (int length in lengths)
            {
                byte[] text = Wire.MixedText(length);
                byte[] binary = Wire.Bytes(length);
                await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, stop);
                AssertSame(WebSocketMessageType.Text, text, await ReceiveAsync(socket, stop));

                // In fragments it goes out, whole it comes back.
                await socket.SendAsync(binary.AsMemory(0, length / 3), WebSocketMessageType.Binary, endOfMessage: false, stop);
                await socket.SendAsync(binary.AsMemory(length / 3), WebSocketMessageType.Binary, endOfMessage: true, stop);
                AssertSame(WebSocketMessageType.Binary, binary, await ReceiveAsync(socket, stop));
            }

            seen.SetResult();
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "enough", stop);
        });
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo(), OptionsFor(carrier));

        LineEnd end = await Deadline.Within(line.Completion);

        await Deadline.Within(seen.Task);
        Assert.Equal((1000, "enough"), (end.CloseCode, end.Reason));
        Assert.Null(end.Error);
        Assert.Equal(2 * lengths.Length, line.Statistics.Frames);
        Assert.Equal(2 * lengths.Sum(), line.Statistics.Bytes);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Many_senders_reach_the_peer_each_in_its_order(string carrier)
    {
        const int Senders = 4;
        const int Each = 500;
        var got = new ConcurrentQueue<string>();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            while (await ReceiveAsync(socket, stop) is { Type: WebSocketMessageType.Text } message)
            {
                got.Enqueue(Encoding.UTF8.GetString(message.Payload));
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", stop);
        });
        MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo(), OptionsFor(carrier));
        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                await line.SendAsync(Encoding.UTF8.GetBytes($"{sender} {i}"), isText: true);
            }
        }))));
        await Deadline.Within(line.CloseAsync().AsTask());

        Assert.Equal(Senders * Each, got.Count);
        foreach (IGrouping<string, string> bySender in got.GroupBy(text => text.Split(' ')[0], StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{bySender.Key} {i}"), bySender, StringComparer.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Code_and_reason_of_a_close_reach_the_peer_after_everything_that_was_accepted(string carrier)
    {
        string reason = new string('r', 121) + "\u00fc";
        var got = new TaskCompletionSource<(int Messages, WebSocketCloseStatus? Status, string? Reason)>();
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            int messages = 0;
            while ((await ReceiveAsync(socket, stop)).Type == WebSocketMessageType.Binary)
            {
                messages++;
            }

            got.SetResult((messages, socket.CloseStatus, socket.CloseStatusDescription));
            await socket.CloseAsync(socket.CloseStatus!.Value, "", stop);
        });
        MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo(), OptionsFor(carrier));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(SendOutcome.Accepted, line.TrySend(Wire.Bytes(5000), isText: false));
        }

        await Deadline.Within(line.CloseAsync(4001, reason).AsTask());

        Assert.Equal((100, (WebSocketCloseStatus)4001, reason), await Deadline.Within(got.Task));
        Assert.Equal(4001, (await line.Completion).CloseCode);
        Assert.Equal(SendOutcome.Closed, line.TrySend("late"u8, isText: true));
        LineClosedException closed = await Assert.ThrowsAsync<LineClosedException>(() => line.SendAsync("late"u8, isText: true).AsTask());
        Assert.Contains("the line is Closed, not live", closed.Message, StringComparison.Ordinal);
        await line.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(-1)]
    public async Task A_code_that_may_not_be_sent_is_refused_and_the_line_stays_open(int code)
    {
        await using TickServer server = await TickServer.StartAsync((socket, _, stop) => TickServer.AwaitCloseAsync(socket, stop));
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => line.CloseAsync(code).AsTask());
        Assert.Equal(LineState.Live, line.State);
    }

    [Theory]
    [InlineData(123, "\u00fc")]
    [InlineData(124, "")]
    public async Task A_reason_that_does_not_fit_is_refused_and_the_line_stays_open(int length, string end)
    {
        await using TickServer server = await TickServer.StartAsync((socket, _, stop) => TickServer.AwaitCloseAsync(socket, stop));
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo());
        await Assert.ThrowsAsync<ArgumentException>(() => line.CloseAsync(1000, new string('r', length) + end).AsTask());
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task A_reason_that_is_no_text_is_refused()
    {
        await using TickServer server = await TickServer.StartAsync((socket, _, stop) => TickServer.AwaitCloseAsync(socket, stop));
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo());
        await Assert.ThrowsAsync<ArgumentException>(() => line.CloseAsync(1000, "half \ud83d").AsTask());
    }

    [Fact]
    public async Task What_is_sent_while_the_line_is_down_fails_at_once_and_is_not_sent_later()
    {
        var venue = new ScriptedVenue { AcknowledgesByItself = false };
        var refusal = new NetworkException("down");
        var messages = new Connections();
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse("ws://venue.test/"), messages, new LineOptions
        {
            Transport = venue.Factory,
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
        });
        ScriptedVenue.Connection first = await venue.NextConnectionAsync();
        await first.SendAsync("one");
        await Deadline.UntilAsync(() => messages.Seen.Count == 1, "the first message");
        venue.Refusal = refusal;
        first.Cut();
        await Deadline.UntilAsync(() => line.State == LineState.Reconnecting, "the loss");

        Assert.Equal(SendOutcome.Closed, line.TrySend("lost"u8, isText: true));
        LineClosedException down = await Assert.ThrowsAsync<LineClosedException>(() => line.SendAsync("lost"u8, isText: true).AsTask());
        Assert.Matches("^ws://venue.test/: the line is (Reconnecting|Connecting), not live; nothing was sent$", down.Message);
        Assert.Equal(0, line.PendingBytes);

        venue.Refusal = null;
        ScriptedVenue.Connection second = await venue.NextConnectionAsync();
        await second.SendAsync("two");
        await Deadline.UntilAsync(() => messages.Seen.Count == 2, "the second message");
        await line.SendAsync("{\"method\":\"sent\"}"u8, isText: true);
        Assert.Equal("{\"method\":\"sent\"}", await Deadline.Within(second.NextMessageAsync()));
        Assert.Equal([(1, "one"), (2, "two")], messages.Seen);
    }

    [Fact]
    public async Task Sends_that_wait_when_the_line_ends_all_get_one_typed_error()
    {
        await using TickServer server = await TickServer.StartAsync((_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo(), new LineOptions
        {
            Transport = new SocketTransportFactory(new SocketTransportOptions { SendBufferSize = 4096 }),
            CloseTimeout = TimeSpan.FromMilliseconds(200),
        });
        Task[] sends = [.. Enumerable.Range(0, 10).Select(_ => line.SendAsync(new byte[10_000_000], isText: false).AsTask())];
        await Deadline.Within(line.DisposeAsync().AsTask());
        foreach (Task send in sends)
        {
            Assert.IsAssignableFrom<ConnectionException>(await Assert.ThrowsAnyAsync<Exception>(() => Deadline.Within(send)));
        }
    }

    /// <summary>RELIABILITY B02 end to end: the write deadline cuts the line, which says so and comes back.</summary>
    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task A_peer_that_never_reads_costs_the_connection_and_the_end_says_why(string carrier)
    {
        await using TickServer server = await TickServer.StartAsync((_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Echo(), OptionsFor(carrier) with
        {
            SendLimits = new SendLimits { Deadline = TimeSpan.FromMilliseconds(300) },
        });
        SendTimeoutException late = await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(line.SendAsync(new byte[64_000_000], isText: false).AsTask()));
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Same(late, end.Error);
        Assert.Equal(1006, end.CloseCode);
    }

    [Fact]
    public async Task A_handler_that_throws_costs_its_own_message_only()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            await TickServer.SendTicksAsync(socket, 3);
            await TickServer.AwaitCloseAsync(socket, stop);
        });
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), new Thrower());
        await Deadline.UntilAsync(() => line.Statistics.Frames == 3, "the messages");
        await Deadline.UntilAsync(() => line.Statistics.HandlerFaults == 3, "the faults");
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task A_lease_keeps_a_message_beyond_its_call()
    {
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            for (int i = 0; i < 50; i++)
            {
                await TickServer.SendAsync(socket, $"message {i}");
            }

            await TickServer.AwaitCloseAsync(socket, stop);
        });
        var pool = new BlockPool();
        var keeper = new Keeper();
        await using (MessageLine line = await MessageLine.ConnectAsync(
            Endpoint.Parse(server.Url), keeper, new LineOptions { Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = pool }) }))
        {
            await Deadline.UntilAsync(() => keeper.Kept.Count == 50, "the messages");
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"message {i}"), keeper.Kept.Select(lease => Encoding.UTF8.GetString(lease.Span)));
        foreach (FrameLease lease in keeper.Kept)
        {
            lease.Dispose();
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public async Task Raw_frames_go_both_ways_and_what_was_accepted_leaves_before_the_line_closes()
    {
        using TcpListener listener = Loopback.Listen();
        Task<MessageLine> connecting = MessageLine.ConnectAsync(
            Endpoint.Parse($"tcp://127.0.0.1:{listener.Port()}"), new Echo(), new LineOptions { Framing = new LengthPrefixedFraming(), Reconnect = null });
        using Socket server = await listener.AcceptSocketAsync(Deadline.Token);
        MessageLine line = await Deadline.Within(connecting);
        byte[] message = [0, 0, 0, 3, .. "abc"u8];
        await server.SendAsync(message, SocketFlags.None, Deadline.Token);
        Assert.Equal(message, await ReceiveAsync(server, message.Length));

        int accepted = 0;
        byte[] large = new byte[60_000];
        while (line.TrySend(large, isText: false) == SendOutcome.Accepted)
        {
            accepted++;
        }

        Task closing = line.CloseAsync().AsTask();
        await ReceiveAsync(server, accepted * (4 + large.Length));
        Assert.Equal(0, await server.ReceiveAsync(new byte[1], SocketFlags.None, Deadline.Token));
        server.Shutdown(SocketShutdown.Send);
        await Deadline.Within(closing);
        Assert.Equal(LineEndCause.Closed, (await line.Completion).Cause);
    }

    [Fact]
    public async Task Nothing_stays_open_when_the_connection_is_refused()
    {
        using TcpListener listener = Loopback.Listen();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await Assert.ThrowsAnyAsync<ConnectionException>(() => MessageLine.ConnectAsync(Endpoint.Parse($"ws://127.0.0.1:{port}/"), new Echo()));
    }

    internal static LineOptions OptionsFor(string carrier) => new()
    {
        Reconnect = null,
        ReceiveMode = carrier == "thread" ? ReceiveMode.Thread : ReceiveMode.Async,
        Transport = carrier == "clientwebsocket" ? new ClientWebSocketTransportFactory() : new SocketTransportFactory(),
    };

    private static void AssertSame(WebSocketMessageType type, byte[] payload, (WebSocketMessageType Type, byte[] Payload) echo)
    {
        Assert.Equal(type, echo.Type);
        Assert.Equal(payload, echo.Payload);
    }

    private static async Task<(WebSocketMessageType Type, byte[] Payload)> ReceiveAsync(WebSocket socket, CancellationToken stop)
    {
        var all = new System.Buffers.ArrayBufferWriter<byte>();
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(all.GetMemory(64 * 1024), stop);
            all.Advance(result.Count);
            if (result.EndOfMessage)
            {
                return (result.MessageType, all.WrittenSpan.ToArray());
            }
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        byte[] all = new byte[length];
        for (int done = 0; done < length;)
        {
            int count = await socket.ReceiveAsync(all.AsMemory(done), SocketFlags.None, Deadline.Token);
            Assert.NotEqual(0, count);
            done += count;
        }

        return all;
    }

    private readonly struct Echo : IMessageHandler
    {
        public void OnMessage(in Message message)
        {
            ValueTask sent = message.Line.SendAsync(message.Payload, message.IsText);
            Assert.False(sent.IsFaulted);
        }
    }

    private readonly struct Thrower : IMessageHandler
    {
        public void OnMessage(in Message message) => throw new InvalidOperationException("a bug in the engine");
    }

    private sealed class Keeper : IMessageHandler
    {
        public ConcurrentQueue<FrameLease> Kept { get; } = new();

        public void OnMessage(in Message message) => Kept.Enqueue(message.Lease());
    }

    private sealed class Connections : IMessageHandler
    {
        public ConcurrentQueue<(long Connection, string Text)> Seen { get; } = new();

        public void OnMessage(in Message message) => Seen.Enqueue((message.Connection, message.ToString()));
    }
}
