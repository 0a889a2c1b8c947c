using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using PerfConn.Sequencing;
using PerfConn.Simulator.Deriv;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Venues.Deriv;
using Xunit;

namespace PerfConn.Tests.Venues.Deriv;

/// <summary>Streams on a manager's connection, against the simulated venue over the in-memory network.</summary>
public sealed class DerivSubscriptionTests : IAsyncDisposable
{
    private readonly DerivSimulator _venue = new(new DerivSimulatorOptions { Listen = false });
    private readonly ConnectionManager _manager = new(new ConnectionManagerOptions { Network = null });
    private readonly ConcurrentQueue<LineEvent> _events = new();
    private readonly DerivApi _api;
    private volatile bool _isDown;

    public DerivSubscriptionTests()
    {
        _api = new DerivApi(_manager);
        _manager.Events.WithCapacity(10_000).Subscribe(_events.Enqueue);
    }

    private DerivOptions Options => new()
    {
        Endpoint = "ws://deriv.test/websockets/v3",
        AppId = "1089",
        AutoReconnect = true,
        MaxRetries = null,
        Line = new LineOptions
        {
            Transport = new InMemoryTransportFactory(AcceptAsync),
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
            Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        },
    };

    public async ValueTask DisposeAsync()
    {
        await Deadline.Within(_manager.DisposeAsync().AsTask());
        await _venue.DisposeAsync();
    }

    [Fact]
    public async Task Equal_subscriptions_are_one_at_the_venue_and_the_last_release_sends_exactly_one_forget()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription one = await Deadline.Within(_api.SubscribeAsync("""{"ticks":"R_100"}"""));
        ManagedSubscription two = await Deadline.Within(_api.SubscribeAsync("""{ "subscribe": 1, "ticks" : "R_100" }"""));
        ManagedSubscription three = await Deadline.Within(_api.TicksAsync("R_100"));
        Assert.Equal((1, 1, 1), (_venue.RequestsOf("ticks"), _venue.StreamsOf("R_100"), _manager.Get(id).SubscriptionCount));
        await _venue.TickAsync("R_100", 101.5m);

        await Deadline.Within(one.DisposeAsync().AsTask());
        await Deadline.Within(two.DisposeAsync().AsTask());
        await Deadline.Within(two.DisposeAsync().AsTask());
        Assert.Equal((0, 1), (_venue.RequestsOf("forget"), _venue.StreamsOf("R_100")));
        Assert.True(three.IsLive);
        await Deadline.Within(three.DisposeAsync().AsTask());
        Assert.Equal((1, 0, 0), (_venue.RequestsOf("forget"), _venue.StreamsOf("R_100"), _manager.Get(id).SubscriptionCount));
        Assert.False(three.IsLive);

        // Every subscriber has what came while it was there.
        Assert.Equal([100m, 101.5m], await QuotesAsync(one));
        Assert.Equal([101.5m], await QuotesAsync(two));
        await using ManagedSubscription again = await Deadline.Within(_api.TicksAsync("R_100"));
        Assert.Equal(1, _venue.StreamsOf("R_100"));
        Assert.Empty(_events.OfType<ConnectionError>());
    }

    [Fact]
    public async Task Subscribers_that_come_and_go_at_once_end_with_what_is_wanted()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await using ManagedSubscription one = await _api.TicksAsync("R_100");
            }
        }))));
        Assert.Equal((0, 0), (_venue.StreamsOf("R_100"), _manager.Get(id).SubscriptionCount));
        Assert.Equal(_venue.RequestsOf("ticks"), _venue.RequestsOf("forget"));
        Assert.Equal(0, _manager.Get(id).PendingRequests);
        Assert.Empty(_events.OfType<ConnectionError>());
    }

    [Fact]
    public async Task A_subscription_that_is_given_up_before_it_is_confirmed_is_forgotten()
    {
        await _api.ConnectAsync(Options);
        using var stop = new CancellationTokenSource();
        Task<ManagedSubscription> subscribing = _api.TicksAsync("R_100", cancellationToken: stop.Token);
        await stop.CancelAsync();
        try
        {
            await (await Deadline.Within(subscribing)).DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // One or the other.
        }

        await Deadline.UntilAsync(() => _venue.RequestsOf("ticks") == _venue.RequestsOf("forget") && _venue.StreamsOf("R_100") == 0, "the venue to have forgotten it");
    }

    /// <summary>The venue carried it out, and its answer comes too late or not at all: what it sends from then on nobody holds.</summary>
    [Theory]
    [InlineData("ticks")]
    [InlineData("forget")]
    [InlineData("forget_all")]
    public async Task What_the_venue_has_although_nobody_holds_it_is_forgotten_as_soon_as_it_shows(string unanswered)
    {
        var time = new ManualTimeProvider();
        await using var manager = new ConnectionManager(new ConnectionManagerOptions { Network = null, TimeProvider = time });
        var api = new DerivApi(manager);
        await api.ConnectAsync(Options);
        await using ManagedSubscription other = await Deadline.Within(api.TicksAsync("R_50"));
        ManagedSubscription? held = unanswered == "ticks" ? null : await Deadline.Within(api.TicksAsync("R_100"));
        _venue.Mislay(unanswered, isCarriedOut: held is null);
        Task ending = unanswered switch
        {
            "ticks" => api.TicksAsync("R_100"),
            "forget" => held!.DisposeAsync().AsTask(),
            _ => manager.ForgetAllAsync("ticks"),
        };
        await Deadline.UntilAsync(() => _venue.RequestsOf(unanswered) == (unanswered == "ticks" ? 2 : 1), "the request");
        time.Advance(TimeSpan.FromSeconds(10));
        if (unanswered == "forget")
        {
            await Deadline.Within(ending);
        }
        else
        {
            await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(ending));
        }

        if (unanswered != "forget_all")
        {
            // It has to show first; where the word for all of a kind is lost, each is asked for by itself at once.
            Assert.Equal(1, _venue.StreamsOf("R_100"));
            await _venue.TickAsync("R_100", 101m);
        }

        await Deadline.UntilAsync(() => _venue.StreamsOf("R_100") == 0, "the venue to have forgotten it");
        await using ManagedSubscription again = await Deadline.Within(api.TicksAsync("R_100"));
        Assert.Equal((1, true), (_venue.StreamsOf("R_100"), again.IsLive));
    }

    /// <summary>All of a kind is one word to the venue: what was asked for before it is told would be forgotten too, and nobody would know (found by simulation).</summary>
    [Fact]
    public async Task What_is_subscribed_to_while_all_of_its_kind_is_being_forgotten_is_asked_for_afterwards()
    {
        var time = new ManualTimeProvider();
        await using var manager = new ConnectionManager(new ConnectionManagerOptions { Network = null, TimeProvider = time });
        var api = new DerivApi(manager);
        await api.ConnectAsync(Options);
        _venue.Mislay("ticks", isCarriedOut: false);
        Task<ManagedSubscription> unanswered = api.TicksAsync("R_100");
        await Deadline.UntilAsync(() => _venue.RequestsOf("ticks") == 1, "the request");
        Task<JsonReply> forgetting = manager.ForgetAllAsync("ticks");
        Task<ManagedSubscription> subscribing = api.TicksAsync("R_50");
        await Deadline.Within(api.PingAsync().AsTask());
        Assert.Equal((1, 0), (_venue.RequestsOf("ticks"), _venue.RequestsOf("forget_all")));

        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(unanswered));
        await Deadline.Within(forgetting);
        await using ManagedSubscription after = await Deadline.Within(subscribing);
        Assert.Equal((1, true), (_venue.StreamsOf("R_50"), after.IsLive));
    }

    [Fact]
    public async Task After_a_drop_everything_is_subscribed_again_with_one_gap_marker_before_the_first_message()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription[] all =
        [
            await Deadline.Within(_api.TicksAsync("R_100")), await Deadline.Within(_api.TicksAsync("R_50")), await Deadline.Within(_api.SubscribeAsync("""{"ticks":["EURUSD","GBPUSD"]}""")),
        ];
        await _venue.TickAsync("R_100", 1);
        _isDown = true;
        _venue.Cut();
        await Deadline.UntilAsync(() => _events.OfType<LineReconnectFailed>().Any(), "failed attempts");
        Assert.All(all, each => Assert.False(each.IsLive));
        _isDown = false;
        await Deadline.UntilAsync(() => all.All(each => each.IsLive) && _venue.StreamsOf("GBPUSD") == 1, "the subscriptions to be back");
        await _venue.TickAsync("R_100", 2);
        await _venue.TickAsync("GBPUSD", 3);

        Assert.Equal(["100", "1", "gap Reconnected -1", "100", "2"], await TakeAsync(all[0], 5));
        Assert.Equal(["100", "gap Reconnected -1", "100"], await TakeAsync(all[1], 3));
        Assert.Equal(["100", "100", "gap Reconnected -1", "100", "100", "3"], await TakeAsync(all[2], 6));
        Assert.Equal((3, 1), (_manager.Get(id).SubscriptionCount, _venue.StreamsOf("R_50")));

        // The venue's ids are new, and the new ones are forgotten; two for the one request of two symbols.
        foreach (ManagedSubscription each in all)
        {
            await Deadline.Within(each.DisposeAsync().AsTask());
        }

        Assert.Equal((4, 0), (_venue.RequestsOf("forget"), _venue.StreamsOf("R_100") + _venue.StreamsOf("R_50") + _venue.StreamsOf("EURUSD") + _venue.StreamsOf("GBPUSD")));
    }

    [Fact]
    public async Task After_a_rotation_the_subscriptions_stand_on_the_new_connection()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription ticks = await Deadline.Within(_api.TicksAsync("R_100"));
        await Deadline.Within(_manager.Get(id).RotateAsync());
        await Deadline.UntilAsync(() => ticks.IsLive && _venue.StreamsOf("R_100") == 1 && _venue.Connections == 1, "the new connection");
        await _venue.TickAsync("R_100", 2);
        Assert.Equal(["100", "gap Rotated -1", "100", "2"], await TakeAsync(ticks, 4));
    }

    [Fact]
    public async Task What_is_released_during_an_outage_does_not_come_back()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription gone = await Deadline.Within(_api.TicksAsync("R_100"));
        ManagedSubscription kept = await Deadline.Within(_api.TicksAsync("R_50"));
        _isDown = true;
        _venue.Cut();
        await Deadline.UntilAsync(() => _events.OfType<LineReconnectFailed>().Any(), "failed attempts");
        await Deadline.Within(gone.DisposeAsync().AsTask());
        _isDown = false;
        await Deadline.UntilAsync(() => kept.IsLive, "the other to be back");
        Assert.Equal((0, 1, 0, 1), (_venue.StreamsOf("R_100"), _venue.StreamsOf("R_50"), _venue.RequestsOf("forget"), _manager.Get(id).SubscriptionCount));
    }

    [Fact]
    public async Task One_refused_symbol_is_an_error_of_its_own_and_the_others_live()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription good = await Deadline.Within(_api.TicksAsync("R_100"));
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => Deadline.Within(_api.TicksAsync("NOPE")));
        Assert.Equal(("InvalidSymbol", "Symbol NOPE is invalid."), (refused.Code, refused.Reason));
        Assert.Equal((1, true, 1), (_manager.Get(id).SubscriptionCount, good.IsLive, _venue.Connections));
    }

    [Fact]
    public async Task One_that_is_refused_after_a_drop_ends_with_the_venues_words_and_the_others_live()
    {
        await _api.ConnectAsync(Options);
        ManagedSubscription good = await Deadline.Within(_api.TicksAsync("R_100"));
        ManagedSubscription delisted = await Deadline.Within(_api.TicksAsync("R_50"));
        _venue.Delist("R_50");
        _venue.Cut();
        await Deadline.UntilAsync(() => good.IsLive && _events.OfType<ConnectionError>().Any(), "the one to be back and the other to have ended");
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => TakeAsync(delisted, 2));
        Assert.Equal("InvalidSymbol", refused.Code);
        Assert.Same(refused, _events.OfType<ConnectionError>().Single().Error);
        Assert.Equal(["100", "gap Reconnected -1", "100"], await TakeAsync(good, 3));
    }

    [Fact]
    public async Task A_slow_reader_loses_the_oldest_and_is_told_how_many()
    {
        await _api.ConnectAsync(Options);
        ManagedSubscription slow = await Deadline.Within(_manager.SubscribeAsync("""{"ticks":"R_100"}""", capacity: 3));
        ManagedSubscription quick = await Deadline.Within(_api.TicksAsync("R_100"));
        for (int i = 1; i <= 10; i++)
        {
            await _venue.TickAsync("R_100", i);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"{i}"), await TakeAsync(quick, 10));
        Assert.Equal(["gap SlowConsumer 8", "8", "9", "10"], await TakeAsync(slow, 4));
    }

    [Fact]
    public async Task A_callback_may_throw_block_and_close_its_own_connection()
    {
        ConnectionId id = await _api.ConnectAsync(Options);
        ManagedSubscription throwing = await Deadline.Within(_api.TicksAsync("R_100"));
        ManagedSubscription closing = await Deadline.Within(_api.TicksAsync("R_100"));
        ManagedSubscription blocking = await Deadline.Within(_api.TicksAsync("R_50"));
        using var gate = new ManualResetEventSlim();
        var done = new TaskCompletionSource();
        throwing.Subscribe(static _ => throw new InvalidOperationException("callback"));
        blocking.Subscribe(_ => gate.Wait());
        await Deadline.UntilAsync(() => _events.OfType<ConnectionError>().Any(), "the report");
        await Deadline.Within(_api.PingAsync().AsTask());
        closing.Subscribe(
            _ =>
            {
#pragma warning disable xUnit1031
                _manager.DisconnectAsync(id).GetAwaiter().GetResult();
#pragma warning restore xUnit1031
            },
            onCompleted: done.SetResult);
        await _venue.TickAsync("R_100", 1);
        await Deadline.Within(done.Task);
        gate.Set();
        Assert.Equal(0, _manager.Count);
        Assert.Throws<InvalidOperationException>(() => closing.Subscribe(static _ => { }));
    }

    [Fact]
    public async Task Forget_by_the_venues_id_ends_the_stream_for_all()
    {
        await _api.ConnectAsync(Options);
        ManagedSubscription one = await Deadline.Within(_api.TicksAsync("R_100"));
        IAsyncEnumerator<SubscriptionItem> items = one.GetAsyncEnumerator();
        Assert.True(await Deadline.Within(items.MoveNextAsync().AsTask()));
        Assert.True(items.Current.Message.FieldsOf("subscription"u8).TryGetText("id"u8, out ReadOnlySpan<byte> venueId));
        string name = Encoding.UTF8.GetString(venueId);

        JsonReply forgotten = await Deadline.Within(_api.ForgetAsync(name));

        Assert.True(forgotten.Fields.TryGetInt64("forget"u8, out long count));
        Assert.Equal((1, 0), (count, _venue.StreamsOf("R_100")));
        Assert.False(await Deadline.Within(items.MoveNextAsync().AsTask()));
        await one.DisposeAsync();
        Assert.Equal(1, _venue.RequestsOf("forget"));
    }

    [Fact]
    public async Task A_connection_that_ended_and_is_connected_again_has_its_subscriptions_back()
    {
        ConnectionId id = await _api.ConnectAsync(Options with { AutoReconnect = false });
        ManagedSubscription ticks = await Deadline.Within(_api.TicksAsync("R_100"));
        _venue.Cut();
        await Deadline.UntilAsync(() => _events.OfType<LineClosed>().Any(), "the end");
        await Deadline.UntilAsync(() => _manager.Get(id).State is LineState.Closed or LineState.Faulted, "the end");
        await Deadline.UntilAsync(() => _venue.Connections == 0, "the venue to know");
        await Deadline.Within(_manager.Get(id).ConnectAsync());
        await Deadline.UntilAsync(() => ticks.IsLive, "the subscription to be back");
        Assert.Equal(["100", "gap Reconnected -1", "100"], await TakeAsync(ticks, 3));
    }

    private ValueTask AcceptAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken)
    {
        if (_isDown)
        {
            throw new NetworkException("refused");
        }

        _ = _venue.ServeAsync(server, CancellationToken.None);
        return default;
    }

    private static async Task<List<string>> TakeAsync(ManagedSubscription subscription, int count)
    {
        var taken = new List<string>();
        IAsyncEnumerator<SubscriptionItem> items = subscription.GetAsyncEnumerator();
        while (taken.Count < count && await Deadline.Within(items.MoveNextAsync().AsTask()))
        {
            SubscriptionItem item = items.Current;
            taken.Add(item.IsGap ? $"gap {item.Gap} {item.Lost}" : QuoteOf(item.Message).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return taken;
    }

    private static async Task<List<decimal>> QuotesAsync(ManagedSubscription subscription)
    {
        var quotes = new List<decimal>();
        await foreach (SubscriptionItem item in subscription)
        {
            quotes.Add(QuoteOf(item.Message));
        }

        return quotes;
    }

    private static decimal QuoteOf(JsonReply message)
    {
        Assert.True(message.FieldsOf("tick"u8).TryGet("quote"u8, out ReadOnlySpan<byte> quote, out _));
        return decimal.Parse(quote, System.Globalization.CultureInfo.InvariantCulture);
    }
}
