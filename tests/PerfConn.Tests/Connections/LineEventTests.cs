using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

public sealed class LineEventTests
{
    private readonly ScriptedVenue _venue = new();
    private readonly ConcurrentQueue<LineEvent> _events = new();

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private string[] Names => [.. _events.Select(e => e.GetType().Name["Line".Length..])];

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        JitterSeed = 1,
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
        Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        OnEvent = _events.Enqueue,
    };

    [Fact]
    public async Task A_life_is_told_in_order()
    {
        Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        _venue.Refusal = new NetworkException("refused");
        first.Cut();
        await Deadline.UntilAsync(() => _events.OfType<LineReconnectFailed>().Any(), "a failed attempt");
        _venue.Refusal = null;
        await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => _events.OfType<LineReconnected>().Any(), "the line to be back");
        await Deadline.Within(line.RotateAsync());
        await Deadline.Within(line.DisposeAsync().AsTask());

        string[] names = Names;
        Assert.Equal(["Connecting", "Connected", "Lost", "Reconnecting", "Connecting", "ReconnectFailed"], names.Take(6));
        Assert.Equal(["Reconnecting", "Connecting", "Reconnected", "Rotated", "Closed"], names.TakeLast(5));
        LineReconnectFailed failed = _events.OfType<LineReconnectFailed>().First();
        Assert.Equal((1, "refused"), (failed.Attempt, failed.Error.Message));
        Assert.Equal(CloseInitiator.User, _events.OfType<LineClosed>().Single().Initiator);
        Assert.Equal(1006, _events.OfType<LineLost>().Single().End.CloseCode);
        Assert.All(_events, e => Assert.Equal(Address.Name, e.Line));
        Assert.Equal(_events.Select(e => e.Generation).Order(), _events.Select(e => e.Generation));
        Assert.Equal(3, _events.Last().Generation);
    }

    [Fact]
    public async Task Spent_retries_are_told_with_their_cause()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero, MaxAttempts = 2 } });
        ScriptedVenue.Connection first = await _venue.NextConnectionAsync();
        _venue.Refusal = new NetworkException("refused");
        first.Cut();
        await Deadline.Within(line.Completion);
        await Deadline.UntilAsync(() => _events.OfType<LineClosed>().Any(), "the end");
        Assert.Equal("refused", _events.OfType<LineRetriesExhausted>().Single().Cause.Error!.Message);
        Assert.Equal(2, _events.OfType<LineReconnectFailed>().Count());
        Assert.Equal(CloseInitiator.Line, _events.OfType<LineClosed>().Single().Initiator);
        Assert.Equal(LineState.Faulted, line.State);
    }

    [Fact]
    public async Task A_listener_that_throws_costs_its_own_event()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { OnEvent = static _ => throw new InvalidOperationException("mine") });
        (await _venue.NextConnectionAsync()).Cut();
        await _venue.NextConnectionAsync();
        await Deadline.UntilAsync(() => line.Statistics.Reconnects == 1 && line.State == LineState.Live, "the line to be back");
    }
}
