using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Venue;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.SimulationTests.Users;

/// <summary>A user and his line: what he asks of it at any time, and what came of it.</summary>
internal sealed class SimLine
{
    private static readonly VenueLimits s_limits = new() { ReplyTimeout = TimeSpan.FromSeconds(3), StreamsPerRequest = 4 };

    private readonly World _world;
    private readonly SimVenue _venue;
    private readonly Chance _chance;
    private readonly LinePlan _plan;
    private readonly LineHandler _handler;
    private readonly SimCalls _calls;
    private readonly SymbolMap _symbols = new(ignoreCase: true);
    private int _subscriptions;

    public SimLine(World world, SimVenue venue, Shared shared, int number)
    {
        _world = world;
        _venue = venue;
        _chance = world.Chance.Fork();
        _plan = new LinePlan(world, _chance, venue, shared, number);
        if (_plan.LogsIn)
        {
            venue.Accounts.Add(_plan.Query);
        }

        if (_plan.Expects)
        {
            venue.Watchers.Add(_plan.Query);
        }

        _handler = new LineHandler(world);
        _calls = new SimCalls(world, FormattableString.Invariant($"line {number}"), number);
        Number = number;
    }

    public int Number { get; }

    /// <summary>The line, while it is open.</summary>
    public Line? Line { get; private set; }

    /// <summary>Whether the user has told it to end, or it never began.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Calls that have not returned.</summary>
    public int Calls => _calls.Open;

    public List<SimSubscription> Subscriptions { get; } = [];

    public Task ConnectAsync() => _calls.MakeAsync("connect", async () =>
    {
        try
        {
            Venue<BinanceProtocol> venue = BinanceVenue.Spot.At(Shared.Address) with { Limits = s_limits with { SessionLife = _venue.Habits.SessionLife } };
            LineOptions options = _plan.Options(_symbols, OnEvent);
            Line = _plan.HasOwnHandler ? await Line.ConnectAsync(venue, _handler, options) : await Line.ConnectAsync(venue, options);
        }
        catch (Exception)
        {
            IsOver = true;
            throw;
        }
    });

    public Task SubscribeAsync(TimeSpan? patience) => _calls.MakeAsync("subscribe", async () =>
    {
        List<string> streams = Pick();
        Delivery delivery = _chance.Below(10) switch
        {
            < 2 => Delivery.Lane(),
            2 => Delivery.Lane(capacity: 4),
            _ => Delivery.Inline,
        };
        SimHandler handler = MakeHandler(streams, delivery.IsLane);
        using CancellationTokenSource? patient = patience is { } span ? new CancellationTokenSource(span, _world.Time) : null;
        CancellationToken cancellationToken = patient?.Token ?? CancellationToken.None;
        Subscription subscription;
        try
        {
            if (_plan.HasOwnHandler)
            {
                _handler.Subscribers.Add(handler);
                subscription = await Line!.SubscribeAsync(streams, cancellationToken);
            }
            else
            {
                subscription = await Line!.SubscribeAsync(streams, handler, delivery, cancellationToken);
            }
        }
        catch (Exception)
        {
            Detach(handler);
            throw;
        }

        foreach (Ledger ledger in handler.Ledgers)
        {
            ledger.Confirm();
        }

        Subscriptions.Add(new SimSubscription(subscription, handler, streams));
    });

    public Task UnsubscribeAsync() => _calls.MakeAsync("unsubscribe", async () =>
    {
        SimSubscription subscription = Subscriptions[_chance.Below(Subscriptions.Count)];
        Subscriptions.Remove(subscription);
        if (_plan.HasOwnHandler)
        {
            _handler.Subscribers.Remove(subscription.Handler);
        }

        await subscription.Subscription.DisposeAsync();
        subscription.Handler.Close();
    });

    public Task RotateAsync() => _calls.MakeAsync("rotate", () => Line!.RotateAsync());

    public Task ListAsync() => _calls.MakeAsync("list", () => Line!.ListSubscriptionsAsync());

    public Task DisposeAsync() => _calls.MakeAsync("dispose", async () =>
    {
        IsOver = true;
        Line line = Line!;
        await line.DisposeAsync();
        _handler.IsClosed = true;
        foreach (SimSubscription subscription in Subscriptions)
        {
            subscription.Handler.Close();
        }

        _world.Totals.Reconnects += line.Statistics.Reconnects;
        _world.Totals.Rotations += line.Statistics.Rotations;
        if (_world.Planted == Planted.LateCallback && Subscriptions is [var first, ..])
        {
            foreach (Ledger ledger in first.Handler.Ledgers)
            {
                ledger.OnTick(ledger.Stream.Count);
            }
        }
    });

    private List<string> Pick()
    {
        var streams = new List<string>();
        if (_chance.OneIn(20))
        {
            // The venue has no such stream, and refuses the request that names it.
            return ["luna" + _chance.Below(100) + "usdt@trade"];
        }

        for (int left = 1 + _chance.Below(4); left > 0; left--)
        {
            string name = _venue.Market.Streams[_chance.Below(_venue.Market.Streams.Count)].Name;
            if (!streams.Contains(name))
            {
                streams.Add(name);
            }
        }

        return streams;
    }

    private SimHandler MakeHandler(List<string> streams, bool isLane)
    {
        var handler = new SimHandler(_world, _chance.Fork(), _plan.HandlersThrow && !_plan.HasOwnHandler);
        int number = (Number * 1000) + ++_subscriptions;
        foreach (string stream in streams)
        {
            bool isStream = BinanceProtocol.TryParseStream(stream, out string symbol, out TickChannel channel, out string error);
            Debug.Assert(isStream, error);
            handler.Add(_symbols.GetOrAdd(symbol), channel, new Ledger(_world, _venue.Market.Find(stream) ?? MarketStream.Unknown, number, isLane)
            {
                IsUnnoticeable = (first, last) => _venue.Withheld.IsUnnoticeable(_plan.Query, stream, first, last),
            });
        }

        return handler;
    }

    private void Detach(SimHandler handler)
    {
        _handler.Subscribers.Remove(handler);
        handler.Close();
    }

    private void OnEvent(LineEvent what)
    {
        _world.Trace.Note("event", Number, what.Generation, what.GetType().Name);
        switch (what)
        {
            case LineLost { End.Error: HeartbeatTimeoutException } when !_venue.Network.MayBeSilent(_plan.Query):
                _world.Violate("false alarm", $"line {Number} gave up a peer that was alive");
                break;
            case LineSubscriptionLost lost:
                _world.Violate("subscription lost", $"line {Number}: {lost.Error.Message}");
                break;
            default:
                break;
        }
    }
}
