using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A line without WebSocket: no handshake, no control frames, and an end that is told as what it is.</summary>
public sealed class RawLineTests
{
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly Channel<InMemoryTransport> _accepted = Channel.CreateUnbounded<InMemoryTransport>();
    private TransportContent _content;

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("tcp://venue.test:1");

    private LineOptions Options => new()
    {
        Transport = new InMemoryTransportFactory((server, _, token) => _accepted.Writer.WriteAsync(server, token), _content),
        Framing = new DelimitedFraming(),
        Symbols = _symbols,
        JitterSeed = 1,
        Reconnect = null,
    };

    [Fact]
    public async Task Messages_go_both_ways_in_the_framing_of_the_line()
    {
        var handler = new RecordingHandler(_symbols);
        await using Line line = await Line.ConnectAsync(Address, handler, Options);
        InMemoryTransport venue = await AcceptAsync();

        Task<Subscription> subscribing = SubscribeAsync(line);
        Assert.Equal("""{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}""" + "\n", await ReadAsync(venue));
        await venue.Output.WriteAsync(Encoding.UTF8.GetBytes("""{"result":null,"id":1}""" + "\n" + Tick(7) + "\n" + Tick(8)[..20]));
        await venue.Output.WriteAsync(Encoding.UTF8.GetBytes(Tick(8)[20..] + "\n"));

        await using Subscription subscription = await Deadline.Within(subscribing);
        await Deadline.UntilAsync(() => handler.Events.Length == 2, "both ticks");
        Assert.Equal(["BTCUSDT " + Tick(7), "BTCUSDT " + Tick(8)], handler.Events);
    }

    [Fact]
    public async Task The_end_of_the_stream_between_two_messages_is_a_goodbye()
    {
        LineEnd end = await EndAsync(Tick(1) + "\n" + Tick(2) + "\n");

        Assert.Equal((LineEndCause.EndOfStream, 0, FrameFault.None), (end.Cause, end.CloseCode, end.Fault));
        Assert.Null(end.Error);
    }

    [Fact]
    public async Task The_end_of_the_stream_inside_a_message_is_a_truncation()
    {
        LineEnd end = await EndAsync(Tick(1) + "\n" + Tick(2));

        Assert.Equal((LineEndCause.Truncated, 0, FrameFault.None), (end.Cause, end.CloseCode, end.Fault));
        Assert.Contains("inside a message", Assert.IsType<NetworkException>(end.Error).Message, StringComparison.Ordinal);
    }

    /// <summary>The parser has taken the bytes: nothing of the message is left in the pipe.</summary>
    [Fact]
    public async Task A_message_that_the_parser_holds_a_part_of_is_truncated_too()
    {
        await using Line line = await Line.ConnectAsync(Address, new RecordingHandler(_symbols), Options);
        InMemoryTransport venue = await AcceptAsync();
        byte[] large = new byte[10_000]; // A pipe gives it in several segments, so the parser keeps a copy.
        await venue.Output.WriteAsync(large);
        await venue.Output.CompleteAsync();

        Assert.Equal(LineEndCause.Truncated, (await Deadline.Within(line.Completion)).Cause);
    }

    [Fact]
    public async Task A_reset_is_a_loss()
    {
        await using Line line = await Line.ConnectAsync(Address, new RecordingHandler(_symbols), Options);
        (await AcceptAsync()).Abort();

        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal((LineEndCause.Lost, 0), (end.Cause, end.CloseCode));
        Assert.IsType<NetworkException>(end.Error);
    }

    [Fact]
    public async Task A_line_comes_back_after_its_peer_has_said_goodbye()
    {
        LineOptions options = Options with { Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) } };
        await using Line line = await Line.ConnectAsync(Address, new RecordingHandler(_symbols), options);
        await (await AcceptAsync()).Output.CompleteAsync();

        _ = await AcceptAsync();
        await Deadline.UntilAsync(() => line.State == LineState.Live, "the line to be back");
    }

    [Fact]
    public async Task A_fault_is_told_and_nothing_is_sent()
    {
        LineOptions options = Options with { Framing = new LengthPrefixedFraming(), Limits = new FrameLimits { MaxMessageSize = 1000 } };
        await using Line line = await Line.ConnectAsync(Address, new RecordingHandler(_symbols), options);
        InMemoryTransport venue = await AcceptAsync();
        await venue.Output.WriteAsync(new byte[] { 0, 0, 0x10, 0 });

        LineEnd end = await Deadline.Within(line.Completion);

        Assert.Equal((LineEndCause.Violation, 0, FrameFault.MessageTooBig), (end.Cause, end.CloseCode, end.Fault));
        Assert.IsType<ProtocolViolationException>(end.Error);
        Assert.Equal("", await ReadAsync(venue));
    }

    [Fact]
    public async Task Closing_a_line_ends_it_in_good_order()
    {
        Line line = await Line.ConnectAsync(Address, new RecordingHandler(_symbols), Options with { CloseTimeout = TimeSpan.FromSeconds(15) });
        InMemoryTransport venue = await AcceptAsync();

        // Both sides end their streams, and nobody has to wait for a timeout.
        Task disposing = line.DisposeAsync().AsTask();
        Assert.Equal("", await ReadAsync(venue));
        await venue.DisposeAsync();
        await Deadline.Within(disposing);

        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal((LineEndCause.Closed, 0), (end.Cause, end.CloseCode));
        Assert.Null(end.Error);
    }

    [Fact]
    public async Task A_request_that_the_framing_cannot_write_fails_its_caller_and_nothing_else()
    {
        var handler = new RecordingHandler(_symbols);
        await using Line line = await Line.ConnectAsync(Address, handler, Options with { Framing = new DelimitedFraming { Delimiter = ","u8.ToArray() } });
        InMemoryTransport venue = await AcceptAsync();

        SubscriptionException e = await Assert.ThrowsAsync<SubscriptionException>(() => Deadline.Within(SubscribeAsync(line)));
        Assert.Contains("ended by the delimiter", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FramingException>(() => Deadline.Within(line.ListSubscriptionsAsync()));

        Assert.Equal(LineState.Live, line.State);
        Assert.False(venue.Input.TryRead(out _));
    }

    [Theory]
    [InlineData("ws://venue.test/stream")]
    [InlineData("wss://venue.test/stream")]
    public async Task A_raw_framing_refuses_a_WebSocket_address_before_anything_is_opened(string url)
    {
        FramingException e = await Assert.ThrowsAsync<FramingException>(
            () => Line.ConnectAsync(BinanceVenue.Spot.At(url), new RecordingHandler(_symbols), Options));

        Assert.Contains("DelimitedFraming", e.Message, StringComparison.Ordinal);
        Assert.False(_accepted.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("tcp://venue.test:1")]
    [InlineData("tls://venue.test:1")]
    public async Task WebSocket_refuses_a_raw_address_before_anything_is_opened(string url)
    {
        FramingException e = await Assert.ThrowsAsync<FramingException>(
            () => Line.ConnectAsync(BinanceVenue.Spot.At(url), new RecordingHandler(_symbols), Options with { Framing = WebSocketFraming.Default }));

        Assert.Contains("LineOptions.Framing", e.Message, StringComparison.Ordinal);
        Assert.False(_accepted.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_transport_that_frames_by_itself_refuses_a_raw_framing_and_is_closed()
    {
        _content = TransportContent.Messages;
        await Assert.ThrowsAsync<FramingException>(() => Line.ConnectAsync(Address, new RecordingHandler(_symbols), Options));

        InMemoryTransport venue = await AcceptAsync();
        Assert.True((await venue.Input.ReadAsync(Deadline.Token)).IsCompleted);
    }

    private static Task<Subscription> SubscribeAsync(Line line) => line.SubscribeAsync(["btcusdt@trade"]);

    private static string Tick(int id) => $$"""{"e":"trade","E":1,"s":"BTCUSDT","t":{{id}},"p":"0.001","q":"100","T":1,"m":true,"M":true}""";

    private static async Task<string> ReadAsync(InMemoryTransport venue)
    {
        ReadResult read = await venue.Input.ReadAsync(Deadline.Token);
        string text = Encoding.UTF8.GetString(read.Buffer.ToArray());
        venue.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>What is told of a line whose peer says this and ends its stream, all in one.</summary>
    private async Task<LineEnd> EndAsync(string text)
    {
        var handler = new RecordingHandler(_symbols);
        await using Line line = await Line.ConnectAsync(Address, handler, Options);
        InMemoryTransport venue = await AcceptAsync();
        venue.Output.Write(Encoding.UTF8.GetBytes(text));
        await venue.Output.CompleteAsync();
        return await Deadline.Within(line.Completion);
    }

    private async Task<InMemoryTransport> AcceptAsync()
    {
        await _accepted.Reader.WaitToReadAsync(Deadline.Token);
        Assert.True(_accepted.Reader.TryRead(out InMemoryTransport? server));
        return server!;
    }
}
