using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Feeds.Legs;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Feeds.Legs;

/// <summary>Two lines that carry the same symbols, over the in-memory network.</summary>
public sealed class LegSetTests
{
    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly RecordingHandler _handler;

    public LegSetTests() => _handler = new RecordingHandler(_symbols);

    private LegOptions Options => new()
    {
        Line = new LineOptions
        {
            Transport = _venue.Factory,
            Symbols = _symbols,
            JitterSeed = 1,
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
            Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        },
        Retry = Retry.Fixed(TimeSpan.FromMilliseconds(1)),
    };

    [Fact]
    public async Task A_lost_leg_costs_nothing_while_the_other_is_up_and_comes_back_with_its_subscriptions()
    {
        await using LegSet set = await ConnectAsync();
        (ScriptedVenue.Connection a, ScriptedVenue.Connection b) = (await _venue.NextConnectionAsync(), await _venue.NextConnectionAsync());
        await using LegSubscription subscription = await Deadline.Within(set.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.UntilAsync(() => a.Streams.Count + b.Streams.Count == 2, "both legs to be subscribed");
        await BothAsync(a, b, 1);
        a.Cut();
        await b.TickAsync("BTCUSDT", 2);
        ScriptedVenue.Connection again = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => again.Streams.Count == 1, "the lost leg to be back");
        await BothAsync(again, b, 3);
        b.Cut();
        await again.TickAsync("BTCUSDT", 4);
        await Deadline.UntilAsync(() => set.Ticks == 4, "all ticks");

        Assert.Equal(["1", "2", "3", "4"], _handler.Events.Select(IdOf));
        Assert.Equal(0, set.Gaps);
        Assert.Equal(4, set.Legs.Sum(leg => leg.Wins));
        await _venue.NextConnectionAsync();
    }

    [Fact]
    public async Task Wrong_options_of_a_set_its_lines_and_its_venues_are_told_at_once_and_nothing_is_opened()
    {
        LegOptions wrong = Options with { Retry = null!, Patience = TimeSpan.Zero, HoldLimit = 0, DemoteAbove = TimeSpan.Zero, Window = TimeSpan.Zero };
        wrong = wrong with { Line = wrong.Line with { MaxRedirects = -1, Rotation = new RotationOptions { Jitter = 2 } } };
        Venue<BinanceProtocol>[] venues = [.. Venues(2)];
        venues[1] = venues[1] with { Limits = venues[1].Limits with { MessagesPerWindow = 1 } };

        InvalidOptionsException refusal = await Assert.ThrowsAsync<InvalidOptionsException>(() => LegSet.ConnectAsync(venues, _handler, wrong));

        Assert.Equal(
            ["Line.MaxRedirects", "Line.Rotation.Jitter", "Retry", "Patience", "HoldLimit", "DemoteAbove", "Window", "venues[1].Limits.MessagesPerWindow"],
            WrongOptions.Of(refusal));
        refusal = await Assert.ThrowsAsync<InvalidOptionsException>(() => LegSet.ConnectAsync(Venues(2), _handler, Options with { Line = null! }));
        Assert.Equal(["Line"], WrongOptions.Of(refusal));
        Assert.Equal(0, _venue.Attempts);
    }

    [Fact]
    public async Task A_set_stands_when_one_leg_does_and_the_other_joins_when_it_can()
    {
        int attempts = 0;
        var factory = new RefusingOnce(_venue.Factory, () => Interlocked.Increment(ref attempts) is >= 2 and <= 4);
        LegOptions options = Options;
        await using LegSet set = await Deadline.Within(LegSet.ConnectAsync(Venues(2), _handler, options with { Line = options.Line with { Transport = factory } }));
        ScriptedVenue.Connection a = await _venue.NextConnectionAsync();
        await using LegSubscription subscription = await Deadline.Within(set.SubscribeAsync(["btcusdt@trade"]));
        ScriptedVenue.Connection b = await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => a.Streams.Count + b.Streams.Count == 2, "both legs to be subscribed");
        await Deadline.UntilAsync(() => set.Legs.All(leg => leg.State == LineState.Live), "both legs to be live");
    }

    [Fact]
    public async Task A_set_without_a_leg_fails_with_every_cause()
    {
        _venue.Refusal = new NetworkException("refused");
        AllConnectionsFailedException failed = await Assert.ThrowsAsync<AllConnectionsFailedException>(() => Deadline.Within(LegSet.ConnectAsync(Venues(3), _handler, Options)));
        Assert.Equal(3, failed.Causes.Count);
    }

    [Fact]
    public async Task One_leg_is_no_set()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => LegSet.ConnectAsync(Venues(1), _handler, Options));
        await Assert.ThrowsAsync<ArgumentException>(() => LegSet.ConnectAsync(Venues(17), _handler, Options));
    }

    [Fact]
    public async Task Ending_a_subscription_ends_it_on_every_leg()
    {
        await using LegSet set = await ConnectAsync();
        (ScriptedVenue.Connection a, ScriptedVenue.Connection b) = (await _venue.NextConnectionAsync(), await _venue.NextConnectionAsync());
        LegSubscription subscription = await Deadline.Within(set.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.UntilAsync(() => a.Streams.Count + b.Streams.Count == 2, "both legs to be subscribed");
        await subscription.DisposeAsync();
        await Deadline.UntilAsync(() => a.Streams.Count + b.Streams.Count == 0, "both legs to be left");
    }

    [Fact]
    public async Task A_leg_that_lags_is_demoted_and_moved_to_a_new_connection()
    {
        var time = new ManualTimeProvider();
        int demoted = -1;
        LegOptions options = Options;
        await using LegSet set = await Deadline.Within(LegSet.ConnectAsync(
            Venues(2), _handler, options with { Line = options.Line with { TimeProvider = time, Heartbeat = null }, OnDemoted = (leg, _) => demoted = leg }));
        (ScriptedVenue.Connection a, ScriptedVenue.Connection b) = (await _venue.NextConnectionAsync(), await _venue.NextConnectionAsync());
        await using LegSubscription subscription = await Deadline.Within(set.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.UntilAsync(() => a.Streams.Count + b.Streams.Count == 2, "both legs to be subscribed");
        for (int id = 1; id <= 40; id++)
        {
            await a.TickAsync("BTCUSDT", id);
            await Deadline.UntilAsync(() => set.Ticks == id, "the first");
            time.Advance(TimeSpan.FromMilliseconds(80));
            await b.TickAsync("BTCUSDT", id);
            await Deadline.UntilAsync(() => set.Legs.Sum(leg => leg.Repeats) == id, "the second");
        }

        time.Advance(TimeSpan.FromSeconds(10));
        ScriptedVenue.Connection replaced = await _venue.NextConnectionAsync();
        Assert.InRange(demoted, 0, 1);
        Assert.Equal(1, set.Legs[demoted].Demotions);
        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return b.Serving.IsCompleted;
            },
            "the old connection to be closed");
        await Deadline.UntilAsync(() => replaced.Streams.Count == 1, "the new one to be subscribed");
    }

    private static Venue<BinanceProtocol>[] Venues(int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinanceVenue.Spot.At($"ws://venue{i}.test/stream"))];

    private static async Task BothAsync(ScriptedVenue.Connection a, ScriptedVenue.Connection b, long id)
    {
        await a.TickAsync("BTCUSDT", id);
        await b.TickAsync("BTCUSDT", id);
    }

    private static string IdOf(string recorded)
    {
        int at = recorded.IndexOf("\"t\":", StringComparison.Ordinal) + 4;
        return at < 4 ? recorded : recorded[at..recorded.IndexOf(',', at)];
    }

    private Task<LegSet> ConnectAsync() => Deadline.Within(LegSet.ConnectAsync(Venues(2), _handler, Options));

    private sealed class RefusingOnce(PerfConn.Transport.ITransportFactory inner, Func<bool> refuses) : PerfConn.Transport.ITransportFactory
    {
        public System.Threading.Tasks.ValueTask<PerfConn.Transport.ITransport> ConnectAsync(PerfConn.Transport.Endpoint endpoint, System.Threading.CancellationToken cancellationToken) =>
            refuses() ? throw new NetworkException("refused") : inner.ConnectAsync(endpoint, cancellationToken);
    }
}
