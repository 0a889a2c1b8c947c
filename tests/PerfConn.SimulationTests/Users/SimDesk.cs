using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Connections.Parallel;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Venue;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Venues.Deriv;

namespace PerfConn.SimulationTests.Users;

/// <summary>A user of many connections by their numbers: calls, quotes, connections that come and go, at any time.</summary>
internal sealed class SimDesk
{
    private const int MostConnections = 3;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    private readonly World _world;
    private readonly SimVenue _venue;
    private readonly Shared _shared;
    private readonly Chance _chance;
    private readonly ConnectionManager _manager;
    private readonly SimCalls _calls;
    private readonly Dictionary<int, LinePlan> _plans = [];
    private readonly List<LinePlan> _made = [];
    private readonly List<DeskSubscription> _subscriptions = [];
    private int _numbers = 100;

    public SimDesk(World world, SimVenue venue, Shared shared)
    {
        _world = world;
        _venue = venue;
        _shared = shared;
        _chance = world.Chance.Fork();
        _calls = new SimCalls(world, "manager", 0);
        _manager = new ConnectionManager(new ConnectionManagerOptions
        {
            TimeProvider = world.Time,
            Network = null,
            SubscriptionCapacity = _chance.OneIn(3) ? 4 : 1024,
        });
    }

    /// <summary>Calls that have not returned.</summary>
    public int Calls => _calls.Open;

    public void Act()
    {
        ManagedConnection[] open = [.. _manager.GetAll()];
        if (open.Length < MostConnections && _chance.OneIn(open.Length == 0 ? 2 : 8))
        {
            _ = open.Length == 0 && _chance.OneIn(3) ? CreateManyAsync() : CreateAsync();
            return;
        }

        if (open.Length == 0)
        {
            return;
        }

        ConnectionId id = open[_chance.Below(open.Length)].Id;
        _ = _chance.Below(100) switch
        {
            < 35 => AskAsync(id),
            < 60 => SubscribeAsync(id),
            < 80 when _subscriptions.Count > 0 => LeaveAsync(_subscriptions[_chance.Below(_subscriptions.Count)]),
            < 84 => MakeAsync("forget all", () => _manager.ForgetAllAsync("ticks", id)),
            < 88 => MakeAsync("disconnect", () => _manager.DisconnectAsync(id)),
            < 94 => ConnectAllAsync(),
            < 97 => MakeAsync("rotate managed", () => _manager.Get(id).RotateAsync()),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Whether every connection is up and every subscription stands; begins what is missing.</summary>
    public bool IsRight()
    {
        IReadOnlyList<ManagedConnection> all = _manager.GetAll();
        if (Calls == 0 && all.Any(static connection => connection.State is LineState.Closed or LineState.Faulted or LineState.Idle))
        {
            _ = ConnectAllAsync();
            return false;
        }

        return Calls == 0 && all.All(static connection => connection.State == LineState.Live) && _subscriptions.TrueForAll(static one => one.Subscription.IsLive);
    }

    public string Describe() => string.Join("; ", _manager.GetAll().Select(connection => $"{connection}, {connection.PendingRequests} pending, {connection.SubscriptionCount} subscribed"))
        + "; " + string.Join(", ", _subscriptions.Where(static one => !one.Subscription.IsLive).Select(static one => $"{one.Ledger.Stream.Name} on {one.Subscription.Connection} is not live"));

    public void Check()
    {
        foreach (ManagedConnection connection in _manager.GetAll())
        {
            string query = _plans[connection.Id.Value].Query;
            string[] wanted = [.. _subscriptions.Where(one => one.Subscription.Connection == connection.Id).Select(static one => one.Ledger.Stream.Name).Distinct().Order(StringComparer.Ordinal)];
            List<VenueSession> sessions = _venue.Sessions.FindAll(session => session.Address.Query == query && !session.Connection.IsHalfOpen && session.Quotes.Any());
            if (!sessions.SelectMany(static session => session.Quotes).Order(StringComparer.Ordinal).SequenceEqual(wanted))
            {
                _world.Violate("sets differ", $"{connection}: the user wants {string.Join(' ', wanted)}; the venue has {string.Join(" | ", sessions.Select(static session => string.Join(' ', session.Quotes)))}");
            }

            if (connection.PendingRequests != 0)
            {
                _world.Violate("request left", $"{connection}: {connection.PendingRequests} requests wait for a reply");
            }
        }

        foreach (DeskSubscription one in _subscriptions.Where(static one => !one.Ledger.IsUpToDate))
        {
            _world.Violate("stream is dead", $"connection {one.Subscription.Connection}, {one.Ledger.Stream.Name}: {one.Ledger.Last} of {one.Ledger.Stream.Count} quotes, and no more come");
        }
    }

    public Task DisposeAsync() => MakeAsync("dispose manager", async () =>
    {
        await _manager.DisposeAsync();
        foreach (DeskSubscription one in _subscriptions.ToArray())
        {
            // Whoever reads has been told that it is over; what is still in his buffer he may read.
            await one.Reading;
        }
    });

    private Task CreateAsync() => MakeAsync("create", async () =>
    {
        LinePlan plan = MakePlan();
        ConnectionId id = _manager.Add(Options(plan));
        _plans[id.Value] = plan;
        await _manager.Get(id).ConnectAsync();
    });

    /// <summary>Several side by side, of which some may be enough. What the manager keeps of them has its number.</summary>
    private Task CreateManyAsync() => MakeAsync("create many", async () =>
    {
        LinePlan[] plans = [MakePlan(), MakePlan(), MakePlan()];
        var options = new ParallelConnectOptions
        {
            MaxConcurrency = 1 + _chance.Below(3),
            Required = _chance.OneIn(2) ? 1 + _chance.Below(3) : null,
            Retry = Retry.Fixed(TimeSpan.FromSeconds(1)) with { MaxRetries = 2 },
            AttemptTimeout = TimeSpan.FromSeconds(3),
            FallsBackToOneByOne = _chance.OneIn(3),
            TimeProvider = _world.Time,
            JitterSeed = _chance.Below(int.MaxValue),
        };
        using CancellationTokenSource? patient = _chance.OneIn(4) ? new CancellationTokenSource(_chance.Between(0, 6000), _world.Time) : null;
        ParallelConnectResult<ManagedConnection> result = await _manager.ConnectParallelAsync(
            [.. plans.Select(Options)], options, cancellationToken: patient?.Token ?? CancellationToken.None);
        for (int i = 0; i < plans.Length; i++)
        {
            if (result.Outcomes[i].Connection is { } connection)
            {
                _plans[connection.Id.Value] = plans[i];
            }
        }

        if (result.Connections.Count > 0 && options.Required is { } required && result.IsEnough && result.Connections.Count >= required + options.MaxConcurrency)
        {
            _world.Violate("too many connected", $"{required} were enough and {result.Connections.Count} are connected");
        }
    });

    private LinePlan MakePlan()
    {
        var plan = new LinePlan(_world, _chance, _venue, _shared, ++_numbers);
        _made.Add(plan);
        if (plan.LogsIn)
        {
            _venue.Accounts.Add(plan.Query);
        }

        return plan;
    }

    private ConnectionOptions Options(LinePlan plan)
    {
        LineOptions line = plan.Options(new SymbolMap(ignoreCase: true), what => OnEvent(plan, what));
        return new ConnectionOptions
        {
            Endpoint = Endpoint.Parse("ws://c.sim" + VenueSession.CallsPath),
            AutoReconnect = !_chance.OneIn(4),
            MaxRetries = _chance.OneIn(2) ? 3 : null,
            Protocol = DerivProtocol.Instance,
            RequestTimeout = s_timeout,

            // After a rotation subscriptions are made again, which a look at the end of a history must not fall into; a user may rotate.
            Line = line with { Endpoints = null, Expectation = null, Rotation = line.Rotation with { MaxAge = null } },
        };
    }

    /// <summary>A user who is told to come later does not have all connected again before that.</summary>
    private Task ConnectAllAsync() => _made.TrueForAll(plan => _venue.Network.IsWelcome(new Uri("ws://c.sim" + VenueSession.CallsPath + plan.Query)))
        ? MakeAsync("connect all", () => _manager.ConnectAllAsync())
        : Task.CompletedTask;

    private Task AskAsync(ConnectionId id) => MakeAsync("ask", async () =>
    {
        int nonce = _chance.Below(1_000_000);
        using CancellationTokenSource? patient = _chance.OneIn(4) ? new CancellationTokenSource(_chance.Between(0, 2000), _world.Time) : null;
        JsonReply reply = await _manager.RequestAsync(
            string.Create(CultureInfo.InvariantCulture, $"{{\"echo\":{nonce}}}"), id, cancellationToken: patient?.Token ?? CancellationToken.None);
        if (!reply.ToString().Contains(string.Create(CultureInfo.InvariantCulture, $"\"echo\":{nonce},"), StringComparison.Ordinal))
        {
            _world.Violate("wrong reply", $"connection {id}: {nonce} was asked and {reply} answered");
        }
    });

    private Task SubscribeAsync(ConnectionId id) => MakeAsync("subscribe quotes", async () =>
    {
        MarketStream stream = _venue.Market.Quotes[_chance.Below(_venue.Market.Quotes.Count)];
        string name = _chance.OneIn(20) ? "R_0" : stream.Name;
        using CancellationTokenSource? patient = _chance.OneIn(4) ? new CancellationTokenSource(_chance.Between(0, 4000), _world.Time) : null;
        ManagedSubscription subscription = await _manager.SubscribeAsync($"{{\"ticks\":\"{name}\"}}", id, cancellationToken: patient?.Token ?? CancellationToken.None);
        var ledger = new Ledger(_world, stream, 100_000 + ++_numbers, mayRepeatMarkers: true);
        ledger.Confirm();
        var one = new DeskSubscription(subscription, ledger);
        _subscriptions.Add(one);
        one.Reading = ReadAsync(one);
    });

    private async Task ReadAsync(DeskSubscription one)
    {
        try
        {
            await foreach (SubscriptionItem item in one.Subscription)
            {
                one.OnItem(item);
            }
        }
        catch (ConnectionException)
        {
            // It ended by a failure: a refusal, or no answer, when it was made again.
        }
        catch (OperationCanceledException)
        {
            // Its connection was closed while it was made again.
        }

        _subscriptions.Remove(one);
    }

    private Task LeaveAsync(DeskSubscription one) => MakeAsync("leave quotes", async () =>
    {
        _subscriptions.Remove(one);
        await one.Subscription.DisposeAsync();
        await one.Reading;
    });

    private void OnEvent(LinePlan plan, LineEvent what)
    {
        _world.Trace.Note("event", 0, what.Generation, plan.Query + " " + what.GetType().Name);
        if (what is LineLost { End.Error: HeartbeatTimeoutException } && !_venue.Network.MayBeSilent(plan.Query))
        {
            _world.Violate("false alarm", $"{plan.Query} gave up a peer that was alive");
        }
    }

    private Task MakeAsync(string what, Func<Task> call)
    {
        _world.Totals.ManagerCalls++;
        return _calls.MakeAsync(what, call);
    }
}
