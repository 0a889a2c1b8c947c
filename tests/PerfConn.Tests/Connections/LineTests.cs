using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport.InMemory;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

public sealed class LineTests
{
    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        JitterSeed = 1,
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
    };

    [Fact]
    public async Task Ticks_reach_the_subscriber_of_their_stream_and_nobody_else()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var btc = new RecordingHandler(_symbols);
        var eth = new RecordingHandler(_symbols);
        await using Subscription first = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], btc));
        await using Subscription second = await Deadline.Within(line.SubscribeAsync(["ethusdt@trade"], eth));

        await venue.TickAsync("BTCUSDT", 1);
        await venue.TickAsync("XRPUSDT", 2);
        await venue.TickAsync("ETHUSDT", 3);

        await Deadline.UntilAsync(() => eth.Events.Length == 1, "the tick of ETHUSDT");
        Assert.StartsWith("BTCUSDT {\"e\":\"trade\"", Assert.Single(btc.Events), StringComparison.Ordinal);
        Assert.Equal(1, line.Statistics.Unrouted);
        Assert.Equal(3, line.Statistics.Ticks);
    }

    [Fact]
    public async Task Equal_subscriptions_share_one_stream_and_the_last_to_leave_unsubscribes()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var handlers = new[] { new RecordingHandler(_symbols), new RecordingHandler(_symbols), new RecordingHandler(_symbols) };
        var subscriptions = new Subscription[3];
        for (int i = 0; i < 3; i++)
        {
            subscriptions[i] = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handlers[i]));
        }

        Assert.Equal(1, line.Statistics.StreamsWanted);
        await subscriptions[0].DisposeAsync();
        await subscriptions[1].DisposeAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => handlers[2].Events.Length == 1, "the tick of the third");
        Assert.Empty(handlers[0].Events);
        Assert.Equal(["btcusdt@trade"], venue.Streams);

        await subscriptions[2].DisposeAsync();
        await Deadline.UntilAsync(() => venue.Streams.Count == 0, "the unsubscribe");
        Assert.Contains("SUBSCRIBE", await venue.NextMessageAsync(), StringComparison.Ordinal);
        Assert.Contains("UNSUBSCRIBE", await venue.NextMessageAsync(), StringComparison.Ordinal);
        await Deadline.UntilAsync(() => line.Statistics.StreamsWanted == 0, "the book to be empty");
    }

    [Fact]
    public async Task A_cut_line_comes_back_with_its_subscriptions_and_a_gap_marker_before_the_next_tick()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        var handler = new RecordingHandler(_symbols);
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], handler));
        await first.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => handler.Events.Length == 1, "the first tick");

        first.Cut();

        ScriptedVenue.Connection second = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => second.Streams.Count == 2, "the resubscribe");
        await second.TickAsync("ETHUSDT", 2);
        await second.TickAsync("BTCUSDT", 3);
        await second.TickAsync("BTCUSDT", 4);
        await Deadline.UntilAsync(() => handler.Events.Length == 6, "ticks and gaps");
        string[] kinds = [.. handler.Events.Select(e => string.Join(' ', e.Split(' ').Take(2)).Split('{')[0].Trim())];
        Assert.Equal(["BTCUSDT", "gap ETHUSDT", "ETHUSDT", "gap BTCUSDT", "BTCUSDT", "BTCUSDT"], kinds);
        Assert.Equal(1, line.Statistics.Reconnects);
        Assert.Equal(2, line.Statistics.Gaps);
    }

    [Fact]
    public async Task A_subscribe_made_while_the_line_is_down_is_confirmed_when_it_is_back()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        _venue.Refusal = new NetworkException("refused");
        first.Cut();
        await Deadline.UntilAsync(() => _venue.Attempts > 3, "some attempts");
        Task<Subscription> subscribing = line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols));
        Assert.False(subscribing.IsCompleted);
        _venue.Refusal = null;
        await using Subscription subscription = await Deadline.Within(subscribing);
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task Closing_during_backoff_leaves_nothing_behind()
    {
        LineOptions patient = Options with { Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(2) } };
        Line line = await Line.ConnectAsync(Address, patient);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        venue.Cut();
        await Deadline.UntilAsync(() => line.State == LineState.Reconnecting, "the loss to be seen");

        await Deadline.Within(line.DisposeAsync().AsTask());

        Assert.Equal(LineState.Closed, line.State);
        Assert.Equal(1, _venue.Attempts);
        await Assert.ThrowsAsync<LineClosedException>(() => line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
    }

    [Fact]
    public async Task A_refused_subscribe_names_the_stream_and_the_venues_words_and_the_line_lives_on()
    {
        _venue.AcknowledgesByItself = false;
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task<Subscription> subscribing = line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols));
        await venue.NextMessageAsync();
        await venue.SendAsync("""{"error":{"code":2,"msg":"Invalid request: no such thing"},"id":1}""");

        SubscriptionException refused = await Assert.ThrowsAsync<SubscriptionException>(() => Deadline.Within(subscribing));

        Assert.Equal(2, refused.VenueCode);
        Assert.Contains("btcusdt@trade", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no such thing", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, line.Statistics.StreamsWanted);
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task An_acknowledgement_confirms_its_own_request_only()
    {
        _venue.AcknowledgesByItself = false;
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        Task<Subscription> first = line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols));
        await venue.NextMessageAsync();
        Task<Subscription> second = line.SubscribeAsync(["ethusdt@trade"], new RecordingHandler(_symbols));
        await venue.NextMessageAsync();

        await venue.SendAsync("""{"result":null,"id":2}""");

        await using Subscription confirmed = await Deadline.Within(second);
        Assert.False(first.IsCompleted);
        await venue.SendAsync("""{"result":null,"id":1}""");
        await (await Deadline.Within(first)).DisposeAsync();
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_own_payload()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.SendAsync((byte)ControlFrame.Ping, "1672515782136"u8.ToArray());
        (ControlFrame frame, byte[] payload) = await venue.NextControlAsync();
        Assert.Equal(ControlFrame.Pong, frame);
        Assert.Equal("1672515782136", Encoding.ASCII.GetString(payload));
        Assert.Equal(1, line.Statistics.Pings);
    }

    [Fact]
    public async Task The_peers_close_is_echoed_and_told_when_the_line_does_not_reconnect()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Reconnect = null });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        byte[] payload = new byte[FrameHeader.MaxControlPayload];
        int length = CloseFrame.Write(payload, 1001, "going away");
        await venue.SendAsync((byte)ControlFrame.Close, payload[..length]);

        LineEnd end = await Deadline.Within(line.Completion);

        Assert.Equal(1001, end.CloseCode);
        Assert.Equal("going away", end.Reason);
        Assert.Null(end.Error);
        (ControlFrame frame, byte[] echoed) = await venue.NextControlAsync();
        Assert.Equal(ControlFrame.Close, frame);
        Assert.Equal(1001, CloseFrame.Read(echoed).Code);
    }

    [Fact]
    public async Task Closing_says_goodbye_with_1000()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await Deadline.Within(line.DisposeAsync().AsTask());
        (ControlFrame frame, byte[] payload) = await venue.NextControlAsync();
        Assert.Equal(ControlFrame.Close, frame);
        Assert.Equal(1000, CloseFrame.Read(payload).Code);
        Assert.Equal(1000, (await line.Completion).CloseCode);
        await line.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_Close_frame_is_1006()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Reconnect = null });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        venue.Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(1006, end.CloseCode);
        Assert.IsType<NetworkException>(end.Error);
    }

    [Theory]
    [InlineData(new byte[] { 0xC1, 0x00 }, 1002)]
    [InlineData(new byte[] { 0x81, 0x01, 0xFF }, 1007)]
    [InlineData(new byte[] { 0x82, 0x7F, 0, 0, 0, 1, 0, 0, 0, 0 }, 1009)]
    public async Task A_fault_closes_with_the_code_that_names_it(byte[] bytes, int code)
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Reconnect = null });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => line.State == LineState.Live, "the line to be live");
        await venue.SendRawAsync(bytes);

        LineEnd end = await Deadline.Within(line.Completion);

        Assert.Equal(code, end.CloseCode);
        Assert.Equal(code, Assert.IsType<ProtocolViolationException>(end.Error).CloseCode);
        (ControlFrame frame, byte[] payload) = await venue.NextControlAsync();
        Assert.Equal(ControlFrame.Close, frame);
        Assert.Equal(code, CloseFrame.Read(payload).Code);
    }

    [Fact]
    public async Task A_message_that_is_no_tick_is_counted_and_nothing_else()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        foreach (string text in (string[])["", "{", "[]", "not json", "{\"stream\":\"x\"}", "null"])
        {
            await venue.SendAsync(text);
        }

        await Deadline.UntilAsync(() => line.Statistics.Frames == 6, "the messages");
        Assert.Equal(6, line.Statistics.Others);
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task A_handler_that_throws_takes_nothing_from_the_others_of_its_stream()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var failing = new RecordingHandler(_symbols) { Before = static () => throw new InvalidOperationException("first") };
        var other = new RecordingHandler(_symbols);
        await using Subscription first = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], failing));
        await using Subscription second = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], other));

        await venue.TickAsync("BTCUSDT", 1);
        await venue.TickAsync("BTCUSDT", 2);

        await Deadline.UntilAsync(() => other.Events.Length == 2, "both ticks");
        Assert.Empty(failing.Events);
        Assert.Equal(2, line.Statistics.HandlerFaults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_throws_costs_its_own_tick_only(bool lane)
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        int calls = 0;
        var handler = new RecordingHandler(_symbols)
        {
            Before = () =>
            {
                if (++calls == 2)
                {
                    throw new InvalidOperationException("a bug in the engine");
                }
            },
        };
        await using Subscription subscription = await Deadline.Within(
            line.SubscribeAsync(["btcusdt@trade"], handler, lane ? Delivery.Lane() : Delivery.Inline));
        for (int i = 1; i <= 3; i++)
        {
            await venue.TickAsync("BTCUSDT", i);
        }

        await Deadline.UntilAsync(() => handler.Events.Length == 2, "the other two");
        Assert.Equal(1, line.Statistics.HandlerFaults);
    }

    [Fact]
    public async Task A_full_line_refuses_with_its_figures()
    {
        Venue<BinanceProtocol> small = Address with { Limits = new VenueLimits { StreamsPerLine = 2 } };
        await using Line line = await Line.ConnectAsync(small, Options);
        await using Subscription two = await Deadline.Within(line.SubscribeAsync(["a1@trade", "a2@trade"], new RecordingHandler(_symbols)));
        SubscriptionException full = await Assert.ThrowsAsync<SubscriptionException>(
            () => line.SubscribeAsync(["a3@trade"], new RecordingHandler(_symbols)));
        Assert.Contains("room for 2", full.Message, StringComparison.Ordinal);
        await using Subscription same = await Deadline.Within(line.SubscribeAsync(["a1@trade"], new RecordingHandler(_symbols)));
    }

    [Fact]
    public async Task The_venues_own_list_is_told()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        await using Subscription two = await Deadline.Within(line.SubscribeAsync(["a1@trade", "a2@bookTicker"], new RecordingHandler(_symbols)));
        Assert.Equal(["a1@trade", "a2@bookTicker"], await Deadline.Within(line.ListSubscriptionsAsync()));
    }

    [Fact]
    public async Task A_stream_that_the_venue_does_not_have_is_refused_before_anything_is_sent()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ArgumentException wrong = await Assert.ThrowsAsync<ArgumentException>(
            () => line.SubscribeAsync(["btcusdt@nonsense"], new RecordingHandler(_symbols)));
        Assert.Contains("btcusdt@nonsense", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_runs_into_the_one_deadline()
    {
        var silent = new InMemoryTransportFactory((_, _, _) => default);
        LineOptions options = Options with { Transport = silent, ConnectTimeout = TimeSpan.FromMilliseconds(50) };
        ConnectTimeoutException late = await Assert.ThrowsAsync<ConnectTimeoutException>(() => Deadline.Within(Line.ConnectAsync(Address, options)));
        Assert.Contains("the opening handshake", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_handler_gets_every_tick_and_its_gaps()
    {
        var handler = new RecordingHandler(_symbols);
        await using Line line = await Line.ConnectAsync(Address, handler, Options);
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        await first.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => handler.Events.Length == 1, "the first tick");
        first.Cut();
        ScriptedVenue.Connection second = await _venue.NextConnectionAsync();
        await second.TickAsync("BTCUSDT", 2);
        await Deadline.UntilAsync(() => handler.Events.Length == 3, "gap and tick");
        Assert.Equal("gap BTCUSDT Reconnected 0", handler.Events[1]);
    }

    [Fact]
    public async Task A_lane_runs_dry_and_ends_with_its_line()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var handler = new RecordingHandler(_symbols);
        Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handler, Delivery.Lane(8)));
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.Within(line.DisposeAsync().AsTask());
        await Deadline.Within(subscription.DisposeAsync().AsTask());
        Assert.Single(handler.Events);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_not_gone_back_for()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.SendRawAsync(new byte[] { 0x82, 0x7F, 0, 0, 0, 1, 0, 0, 0, 0 });
        Assert.Equal(1009, (await Deadline.Within(line.Completion)).CloseCode);
        Assert.Equal(1, _venue.Attempts);
    }

    [Fact]
    public async Task Three_violations_in_a_row_end_the_line_and_a_good_session_starts_the_count_over()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        for (int session = 1; session <= 6; session++)
        {
            ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
            if (session == 3)
            {
                venue.Cut();
            }
            else
            {
                await venue.SendRawAsync(new byte[] { 0xC1, 0x00 });
            }
        }

        Assert.Equal(1002, (await Deadline.Within(line.Completion)).CloseCode);
        Assert.Equal(6, _venue.Attempts);
    }

    [Fact]
    public async Task The_users_own_judgement_can_end_the_line()
    {
        LineEnd? asked = null;
        LineOptions options = Options with
        {
            Reconnect = new ReconnectOptions
            {
                ShouldRetry = end =>
                {
                    asked = end;
                    return false;
                },
            },
        };
        await using Line line = await Line.ConnectAsync(Address, options);
        (await _venue.NextConnectionAsync()).Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Same(end, asked);
        Assert.Equal(1, _venue.Attempts);
    }

    [Fact]
    public async Task A_judgement_that_throws_ends_the_line_in_good_order()
    {
        LineOptions options = Options with { Reconnect = new ReconnectOptions { ShouldRetry = _ => throw new InvalidOperationException("a bug") } };
        await using Line line = await Line.ConnectAsync(Address, options);
        (await _venue.NextConnectionAsync()).Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Contains("a bug", end.Reason, StringComparison.Ordinal);
        Assert.Equal(LineState.Faulted, line.State);
    }
}
