using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>T12, RELIABILITY B54, D20: a quiet market is left in peace, and a stream that has died is repaired step by step.</summary>
public sealed class LineDataTests
{
    private static readonly SubscribeOptions s_expecting = new() { Expectation = DataExpectation.Within(TimeSpan.FromSeconds(10)) };

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedVenue _venue = new();
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private readonly ConcurrentQueue<LineEvent> _events = new();

    private StaleRepair[] Repairs => [.. _events.OfType<LineStale>().Select(e => e.Repair)];

    [Fact]
    public async Task T12_a_quiet_market_is_no_reason_to_reconnect()
    {
        await using Line line = await ConnectAsync();
        await _venue.NextConnectionAsync();
        await using Subscription quiet = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));
        for (int i = 0; i < 24 * 60; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((LineState.Live, 1), (line.State, _venue.Attempts));
        Assert.Empty(Repairs);
    }

    [Fact]
    public async Task T12_answers_without_the_data_that_is_expected_are_resubscribed_then_reconnected_then_taken_elsewhere()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols), s_expecting));
        Assert.Contains("\"SUBSCRIBE\"", await first.NextMessageAsync(), StringComparison.Ordinal);
        await first.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 1, "the tick");

        await AdvanceUntilAsync(() => Repairs.Length == 1, TimeSpan.FromSeconds(11));
        Assert.Equal(LineState.Degraded, line.State);
        Assert.Contains("UNSUBSCRIBE", await first.NextMessageAsync(), StringComparison.Ordinal);
        await AdvanceUntilAsync(() => first.Streams.Count == 1 && line.Statistics.StreamsConfirmed == 1, TimeSpan.FromSeconds(5));

        await AdvanceUntilAsync(() => Repairs.Length == 2, TimeSpan.FromSeconds(12));
        ScriptedVenue.Connection second = await _venue.NextConnectionAsync();
        await AdvanceUntilAsync(() => line.Statistics.StreamsConfirmed == 1, TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(() => Repairs.Length == 3, TimeSpan.FromSeconds(12));
        ScriptedVenue.Connection third = await _venue.NextConnectionAsync();
        await AdvanceUntilAsync(() => line.Statistics.StreamsConfirmed == 1, TimeSpan.FromSeconds(5));
        await third.TickAsync("BTCUSDT", 2);
        await AdvanceUntilAsync(() => line.Statistics.Ticks == 2, TimeSpan.FromSeconds(1));

        Assert.Equal([StaleRepair.Resubscribe, StaleRepair.Reconnect, StaleRepair.OtherEndpoint], Repairs);
        Assert.Equal((2, LineState.Live), (line.Statistics.Reconnects, line.State));
        Assert.Equal("StaleDataException", _events.OfType<LineLost>().First().End.Error!.GetType().Name);
        GC.KeepAlive(second);
    }

    [Fact]
    public async Task A_stream_that_comes_back_by_itself_recovers_the_line()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade", "ethusdt@trade"], new RecordingHandler(_symbols), s_expecting));
        await AdvanceUntilAsync(() => Repairs.Length == 1, TimeSpan.FromSeconds(11));
        Assert.Equal(2, _events.OfType<LineStale>().Single().Streams.Count);
        await AdvanceUntilAsync(() => venue.Streams.Count == 2 && line.Statistics.StreamsConfirmed == 2, TimeSpan.FromSeconds(5));
        await venue.TickAsync("BTCUSDT", 1);
        await venue.TickAsync("ETHUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 2, "the ticks");
        await AdvanceUntilAsync(() => line.State == LineState.Live, TimeSpan.FromSeconds(2));
        Assert.Single(_events.OfType<LineRecovered>());
        Assert.Equal(1, _venue.Attempts);
    }

    /// <summary>Between leaving a silent stream and joining it again the venue sends nothing of it (found by simulation: nobody said so).</summary>
    [Fact]
    public async Task A_stream_that_was_left_and_joined_again_has_a_gap_before_its_next_tick_and_not_before()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var handler = new RecordingHandler(_symbols);
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], handler, s_expecting));
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 1, "the tick");
        await AdvanceUntilAsync(() => Repairs.Length == 1, TimeSpan.FromSeconds(11));
        await AdvanceUntilAsync(() => venue.Streams.Count == 1 && line.Statistics.StreamsConfirmed == 1, TimeSpan.FromSeconds(5));
        await venue.TickAsync("BTCUSDT", 5);
        await venue.TickAsync("BTCUSDT", 6);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 3, "the ticks");
        Assert.Equal(["BTCUSDT", "gap BTCUSDT Resubscribed 3", "BTCUSDT", "BTCUSDT"], handler.Events.Select(e => e.StartsWith("gap", StringComparison.Ordinal) ? e : e.Split(' ')[0]));
    }

    [Fact]
    public async Task A_process_that_slept_does_not_take_its_own_silence_for_the_streams()
    {
        await using Line line = await ConnectAsync();
        await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols), s_expecting));
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Sleep(TimeSpan.FromHours(8));
        Assert.Empty(Repairs);
        await AdvanceUntilAsync(() => Repairs.Length == 1, TimeSpan.FromSeconds(11));
    }

    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan atMost)
    {
        TimeSpan passed = TimeSpan.Zero;
        await Deadline.UntilAsync(
            () =>
            {
                if (!condition() && passed < atMost)
                {
                    passed += TimeSpan.FromMilliseconds(100);
                    _time.Advance(TimeSpan.FromMilliseconds(100));
                }

                return condition();
            },
            "what was waited for");
    }

    private async Task<Line> ConnectAsync() => await Deadline.Within(Line.ConnectAsync(
        BinanceVenue.Spot.At("ws://venue.test/stream") with { Limits = new VenueLimits { Heartbeat = null } },
        new LineOptions
        {
            Transport = _venue.Factory,
            TimeProvider = _time,
            Symbols = _symbols,
            JitterSeed = 1,
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
            OnEvent = _events.Enqueue,
        }));
}
