using System;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A second connection takes over while the first still delivers, over the in-memory network.</summary>
public sealed class RotationTests
{
    private readonly ScriptedVenue _venue = new() { AnswersPings = true };
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly RecordingHandler _handler;

    public RotationTests() => _handler = new RecordingHandler(_symbols);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        JitterSeed = 1,
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
        Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
    };

    private string[] Kinds => [.. _handler.Events.Select(KindOf)];

    [Fact]
    public async Task The_new_connection_is_held_until_the_old_one_has_ended_and_then_goes_on_where_that_stopped()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Rotation = new RotationOptions { Overlap = TimeSpan.FromMilliseconds(50) } });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], _handler));
        await old.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the first tick");

        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => next.Streams.Count == 2, "the new connection's subscriptions");
        await next.TickAsync("BTCUSDT", 3);
        await old.TickAsync("BTCUSDT", 2);
        await Deadline.Within(rotating);
        Assert.Equal(LineState.Live, line.State);
        await next.TickAsync("ETHUSDT", 4);

        await Deadline.UntilAsync(() => Kinds.Length == 4, "all ticks");
        Assert.Equal(["BTCUSDT 1", "BTCUSDT 2", "BTCUSDT 3", "ETHUSDT 4"], Kinds);
        Assert.Equal((1, 0, 0), (line.Statistics.Rotations, line.Statistics.Reconnects, line.Statistics.Gaps));
        Assert.Equal((2, 2), (line.Statistics.StreamsWanted, line.Statistics.StreamsConfirmed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_both_connections_bring_is_delivered_once_by_its_number_or_where_there_is_none_by_its_bytes(bool sequencing)
    {
        await using Line line = await Line.ConnectAsync(
            Address, Options with { Sequencing = sequencing, Rotation = new RotationOptions { Overlap = TimeSpan.FromMilliseconds(50) } });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        await old.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the first tick");

        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => next.Streams.Count == 1, "the new connection's subscription");
        foreach (int id in (int[])[2, 3, 4])
        {
            await next.TickAsync("BTCUSDT", id);
        }

        foreach (int id in (int[])[2, 3])
        {
            await old.TickAsync("BTCUSDT", id);
        }

        await Deadline.Within(rotating);
        await next.TickAsync("BTCUSDT", 5);
        await Deadline.UntilAsync(() => Kinds.Contains("BTCUSDT 5"), "the last tick");
        Assert.Equal(["BTCUSDT 1", "BTCUSDT 2", "BTCUSDT 3", "BTCUSDT 4", "BTCUSDT 5"], Kinds);
        Assert.Equal(2, line.Statistics.Duplicates);
    }

    [Fact]
    public async Task A_line_goes_on_subscribing_and_unsubscribing_after_a_rotation()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        await _venue.NextConnectionAsync();
        Subscription leaving = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        await Deadline.Within(line.RotateAsync());
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();

        await using Subscription coming = await Deadline.Within(line.SubscribeAsync(["ethusdt@trade"], _handler));
        await leaving.DisposeAsync();

        await Deadline.UntilAsync(() => next.Streams is ["ethusdt@trade"], "the new connection to have what is wanted");
        Assert.Equal(["ethusdt@trade"], await Deadline.Within(line.ListSubscriptionsAsync()));
    }

    [Fact]
    public async Task A_thousand_rotations_in_a_row_leave_one_connection_and_all_subscriptions()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        for (int i = 0; i < 1000; i++)
        {
            Task rotating = line.RotateAsync();
            ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
            await Deadline.Within(rotating);
            await Deadline.Within(connection.Serving);
            connection = next;
        }

        await connection.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the tick");
        Assert.Equal(["BTCUSDT 1"], Kinds);
        Assert.Equal((1000, 0), (line.Statistics.Rotations, line.Statistics.Reconnects));
    }

    [Fact]
    public async Task A_shutdown_notice_rotates_the_line()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));

        await old.SendAsync("""{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1672515782136}}""");

        await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => line.Statistics.Rotations == 1, "the rotation");
        await Deadline.Within(old.Serving);
        Assert.Equal(0, line.Statistics.Reconnects);
    }

    [Fact]
    public async Task The_clock_rotates_a_line_before_its_session_is_too_old()
    {
        var time = new ManualTimeProvider();
        await using Line line = await Line.ConnectAsync(Address, Options with { TimeProvider = time, Heartbeat = null });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        time.Advance(TimeSpan.FromHours(21.5));
        Assert.Equal(1, _venue.Attempts);
        time.Advance(TimeSpan.FromHours(2.5));
        await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return line.Statistics.Rotations == 1;
            },
            "the rotation");
        await Deadline.Within(old.Serving);
    }

    [Fact]
    public async Task A_rotation_that_cannot_connect_leaves_the_line_as_it_was()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        _venue.Refusal = new NetworkException("refused");

        await Assert.ThrowsAsync<ConnectionException>(() => Deadline.Within(line.RotateAsync()));

        Assert.Equal(LineState.Live, line.State);
        await old.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the tick");
        _venue.Refusal = null;
        await Deadline.Within(line.RotateAsync());
        await Deadline.UntilAsync(() => line.Statistics.Rotations == 1, "the second try");
    }

    [Fact]
    public async Task An_old_connection_that_dies_before_its_relief_is_subscribed_leaves_gaps_where_they_are()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription first = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        await old.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the first tick");
        _venue.AcknowledgesByItself = false;

        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await next.NextMessageAsync();
        old.Cut();
        await Deadline.Within(rotating);
        await next.SendAsync("""{"result":null,"id":2}""");
        await next.TickAsync("BTCUSDT", 5);

        await Deadline.UntilAsync(() => Kinds.Length == 3, "the gap and the tick");
        Assert.Equal(["BTCUSDT 1", "gap BTCUSDT", "BTCUSDT 5"], Kinds);
        Assert.Equal((0, 1), (line.Statistics.Rotations, line.Statistics.Reconnects));
        Assert.Equal(2, _venue.Attempts);
        await Deadline.UntilAsync(() => line.Statistics.StreamsConfirmed == 1, "the confirmation");
    }

    [Fact]
    public async Task An_old_connection_that_does_not_answer_the_goodbye_may_have_swallowed_ticks()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], _handler));
        await old.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the first tick");
        old.AnswersClose = false;

        await Deadline.Within(line.RotateAsync());
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await next.TickAsync("BTCUSDT", 5);
        await next.TickAsync("ETHUSDT", 6);

        await Deadline.UntilAsync(() => Kinds.Length == 5, "the gaps and the ticks");
        Assert.Equal(["BTCUSDT 1", "gap BTCUSDT", "BTCUSDT 5", "gap ETHUSDT", "ETHUSDT 6"], Kinds);
        Assert.Equal((1, 0), (line.Statistics.Rotations, line.Statistics.Reconnects));
    }

    [Fact]
    public async Task An_old_connection_that_the_venue_has_closed_for_a_reason_of_its_own_may_miss_ticks()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { CloseTimeout = TimeSpan.FromSeconds(30) });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        old.AnswersClose = false;
        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => next.Streams.Count == 1, "the new connection's subscription");
        Assert.Equal(ControlFrame.Ping, (await old.NextControlAsync()).Frame);
        Assert.Equal(ControlFrame.Close, (await old.NextControlAsync()).Frame);

        // Sent long before it arrives: no pong comes before it.
        await old.SendAsync((byte)ControlFrame.Close, [0x03, 0xE8]);
        await Deadline.Within(rotating);
        await next.TickAsync("BTCUSDT", 5);

        await Deadline.UntilAsync(() => Kinds.Length == 2, "the gap and the tick");
        Assert.Equal(["gap BTCUSDT", "BTCUSDT 5"], Kinds);
    }

    [Fact]
    public async Task A_venue_that_asks_for_time_is_not_asked_by_a_rotation_either()
    {
        var time = new ManualTimeProvider();
        await using Line line = await Line.ConnectAsync(
            Address, Options with { TimeProvider = time, Heartbeat = null, Rotation = new RotationOptions { Overlap = TimeSpan.Zero, Timeout = TimeSpan.FromHours(1) } });
        await _venue.NextConnectionAsync();
        _venue.Refusal = HandshakeException.OfStatus(line.Endpoint.Url, "too many requests", 429, TimeSpan.FromSeconds(600), "", null);
        await Assert.ThrowsAsync<ConnectionException>(() => Deadline.Within(line.RotateAsync()));
        _venue.Refusal = null;

        int timers = time.Waiting;
        Task rotating = line.RotateAsync();
        await Deadline.UntilAsync(() => time.Waiting >= timers + 2, "the rotation to wait, under its own deadline");
        time.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(2, _venue.Attempts);
        time.Advance(TimeSpan.FromSeconds(1));
        await _venue.NextConnectionAsync();
        await Deadline.Within(rotating);
        Assert.Equal(3, _venue.Attempts);
    }

    [Fact]
    public async Task A_stream_that_the_new_connection_is_refused_fails_alone()
    {
        await using Line line = await Line.ConnectAsync(Address with { Limits = new VenueLimits { StreamsPerRequest = 1, MessagesPerWindow = 100 } }, Options);
        await _venue.NextConnectionAsync();
        await using Subscription first = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        await using Subscription second = await Deadline.Within(line.SubscribeAsync(["luna@trade"], _handler));
        _venue.AcknowledgesByItself = false;

        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        await next.NextMessageAsync();
        await next.NextMessageAsync();
        await next.SendAsync("""{"result":null,"id":3}""");
        await next.SendAsync("""{"error":{"code":2,"msg":"delisted"},"id":4}""");
        await Deadline.Within(rotating);

        await Deadline.UntilAsync(() => line.Statistics is { StreamsWanted: 1, StreamsConfirmed: 1 }, "the refused stream to be gone");
        Assert.Equal(1, line.Statistics.Rotations);
    }

    [Fact]
    public async Task Closing_a_line_that_rotates_leaves_no_connection()
    {
        Line line = await Line.ConnectAsync(Address, Options with { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        _venue.AcknowledgesByItself = false;
        Task<Subscription> subscribing = line.SubscribeAsync(["btcusdt@trade"], _handler);
        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();

        await Deadline.Within(line.DisposeAsync().AsTask());

        await Deadline.Within(old.Serving);
        await Deadline.Within(next.Serving);
        Assert.Equal(LineState.Closed, line.State);
        await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(subscribing));
        await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(rotating));
        Assert.Equal(2, _venue.Attempts);
    }

    [Fact]
    public async Task What_is_more_than_may_be_held_is_told_as_a_gap()
    {
        await using Line line = await Line.ConnectAsync(
            Address, Options with { Rotation = new RotationOptions { Overlap = TimeSpan.FromMilliseconds(50), HoldLimit = 1000 } });
        ScriptedVenue.Connection old = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        await old.TickAsync("BTCUSDT", 1);
        Task rotating = line.RotateAsync();
        ScriptedVenue.Connection next = await _venue.NextConnectionAsync();
        for (int id = 2; id < 50; id++)
        {
            await next.TickAsync("BTCUSDT", id);
        }

        await Deadline.Within(rotating);
        await next.TickAsync("BTCUSDT", 50);
        await Deadline.UntilAsync(() => Kinds.Contains("BTCUSDT 50"), "the last tick");
        Assert.Contains("gap BTCUSDT", Kinds);
    }

    [Fact]
    public async Task A_spare_connection_takes_over_from_a_lost_one_without_a_connect()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { KeepSpare = true });
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        (ScriptedVenue.Connection first, ScriptedVenue.Connection spare) = await BothAsync();
        await first.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => Kinds.Length == 1, "the first tick");
        await spare.SendAsync((byte)ControlFrame.Ping, [1, 2, 3]);
        (ControlFrame frame, byte[] payload) = await spare.NextControlAsync();
        Assert.Equal(ControlFrame.Pong, frame);
        Assert.Equal([1, 2, 3], payload);

        first.Cut();

        await Deadline.UntilAsync(() => spare.Streams.Count == 1, "the spare connection to be subscribed");
        await spare.TickAsync("BTCUSDT", 2);
        await Deadline.UntilAsync(() => Kinds.Length == 3, "the gap and the tick");
        Assert.Equal(["BTCUSDT 1", "gap BTCUSDT", "BTCUSDT 2"], Kinds);
        Assert.Equal((0, 1), (line.Statistics.Rotations, line.Statistics.Reconnects));

        // And there is another one.
        ScriptedVenue.Connection another = await _venue.NextConnectionAsync();
        Assert.Empty(another.Streams);
        await Deadline.Within(line.RotateAsync());
        await Deadline.UntilAsync(() => another.Streams.Count == 1, "the rotation to take the spare connection");
    }

    [Fact]
    public async Task A_spare_connection_that_dies_is_replaced()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { KeepSpare = true });
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], _handler));
        (_, ScriptedVenue.Connection spare) = await BothAsync();
        for (int i = 0; i < 3; i++)
        {
            spare.Cut();
            spare = await _venue.NextConnectionAsync();
        }

        Assert.Equal((LineState.Live, 0), (line.State, line.Statistics.Reconnects));
    }

    /// <summary>The connection that is subscribed to something, and the other one. Which of them the venue tells of first nobody knows.</summary>
    private async Task<(ScriptedVenue.Connection Present, ScriptedVenue.Connection Spare)> BothAsync()
    {
        ScriptedVenue.Connection one = await _venue.NextConnectionAsync();
        ScriptedVenue.Connection other = await _venue.NextConnectionAsync();
        return one.Streams.Count > 0 ? (one, other) : (other, one);
    }

    /// <summary><c>BTCUSDT 17</c> for a trade, <c>gap BTCUSDT</c> for a gap marker.</summary>
    private static string KindOf(string recorded)
    {
        string[] words = recorded.Split(' ', 2);
        if (words[0] == "gap")
        {
            return "gap " + words[1].Split(' ')[0];
        }

        int at = words[1].IndexOf("\"t\":", StringComparison.Ordinal) + 4;
        return $"{words[0]} {words[1][at..words[1].IndexOf(',', at)]}";
    }
}
