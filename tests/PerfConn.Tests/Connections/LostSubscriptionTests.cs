using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>What the handle of a subscription tells when the venue takes back what it had confirmed.</summary>
public sealed class LostSubscriptionTests
{
    private readonly ScriptedVenue _venue = new() { AcknowledgesByItself = false };
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly HashSet<string> _delisted = [];

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_when_the_line_comes_back_stands_on_the_subscription_and_the_other_streams_live_on(bool lane)
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection first = await NextAsync();
        var handler = new RecordingHandler(_symbols);
        await using Subscription subscription = await Deadline.Within(
            line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], handler, lane ? Delivery.Lane() : Delivery.Inline));
        Assert.Empty(subscription.Refusals);

        _delisted.Add("ethusdt@trade");
        first.Cut();
        ScriptedVenue.Connection second = await NextAsync();
        await Deadline.UntilAsync(() => subscription.Refusals.Count == 1, "the refusal on the handle");
        SubscriptionException refusal = subscription.Refusals[0];
        Assert.Equal(("ethusdt@trade", 2), (refusal.Stream, refusal.VenueCode));
        Assert.False(subscription.Completion.IsCompleted);
        await Deadline.UntilAsync(() => line.Statistics.StreamsConfirmed == 1, "the other stream");
        await second.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => handler.Events.Length == 2, "its gap and its tick");

        // The last one too: the subscription is over, the line is not.
        _delisted.Add("btcusdt@trade");
        second.Cut();
        await NextAsync();
        Assert.Equal("btcusdt@trade", Assert.IsType<SubscriptionException>(await Deadline.Within(subscription.Completion)).Stream);
        Assert.Equal(["ethusdt@trade", "btcusdt@trade"], subscription.Refusals.Select(static error => error.Stream));
        Assert.Equal(0, line.Statistics.StreamsWanted);
        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task A_refusal_on_the_connection_that_takes_over_stands_there_when_it_has()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Rotation = new RotationOptions { Overlap = TimeSpan.FromMilliseconds(1) } });
        await NextAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
        _delisted.Add("btcusdt@trade");
        Task rotating = line.RotateAsync();
        await NextAsync();
        await Deadline.Within(rotating);
        Assert.Equal("btcusdt@trade", Assert.IsType<SubscriptionException>(await Deadline.Within(subscription.Completion)).Stream);
        Assert.Single(subscription.Refusals);
    }

    [Fact]
    public async Task Equal_subscriptions_learn_of_it_each()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection first = await NextAsync();
        await using Subscription one = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
        await using Subscription two = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], new RecordingHandler(_symbols)));
        _delisted.Add("btcusdt@trade");
        first.Cut();
        await NextAsync();
        await Deadline.Within(one.Completion);
        await Deadline.UntilAsync(() => two.Refusals.Count == 1, "the other one's refusal");
        Assert.Same(one.Refusals[0], two.Refusals[0]);
        Assert.False(two.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_subscription_that_is_disposed_of_ends_without_an_error_and_one_whose_line_is_closed_with_it()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        await NextAsync();
        Subscription left = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
        Subscription kept = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
        await Deadline.Within(left.DisposeAsync().AsTask());
        Assert.Null(await Deadline.Within(left.Completion));
        Assert.False(kept.Completion.IsCompleted);
        await Deadline.Within(line.DisposeAsync().AsTask());
        Assert.Equal(1000, Assert.IsType<LineClosedException>(await Deadline.Within(kept.Completion)).CloseCode);
        Assert.Empty(kept.Refusals);
        await kept.DisposeAsync();
    }

    /// <summary>The next connection, whose requests are answered as long as it lives.</summary>
    private async Task<ScriptedVenue.Connection> NextAsync()
    {
        ScriptedVenue.Connection connection = await _venue.NextConnectionAsync();
        _ = AnswerAsync(connection);
        return connection;
    }

    private async Task AnswerAsync(ScriptedVenue.Connection connection)
    {
        while (!connection.Serving.IsCompleted)
        {
            using JsonDocument request = JsonDocument.Parse(await connection.NextMessageAsync());
            long id = request.RootElement.GetProperty("id").GetInt64();
            bool isRefused = request.RootElement.GetProperty("params").EnumerateArray().Any(name => _delisted.Contains(name.GetString()!));
            await connection.SendAsync(isRefused ? $$$"""{"error":{"code":2,"msg":"no such stream"},"id":{{{id}}}}""" : $$$"""{"result":null,"id":{{{id}}}}""");
        }
    }
}
