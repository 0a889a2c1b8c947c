using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Users;
using PerfConn.SimulationTests.Venue;

namespace PerfConn.SimulationTests.Running;

/// <summary>
/// One history: users, lines, a venue and a network under faults for some minutes; then a quiet time in which all has to become right; then everybody leaves and
/// nothing may stay.
/// </summary>
internal sealed class History
{
    private readonly World _world;
    private readonly SimVenue _venue;
    private readonly Faults _faults;
    private readonly Chance _chance;
    private readonly SimLine?[] _slots;
    private readonly List<SimLine> _lines = [];
    private readonly Shared _shared;
    private readonly FinalChecks _checks;

    /// <summary>A user of the manager; one history in three has one.</summary>
    private readonly SimDesk? _desk;
    private bool _isOver;

    private History(World world)
    {
        _world = world;
        _chance = world.Chance.Fork();
        _venue = new SimVenue(world);
        _venue.Market.NeverRests = _chance.OneIn(4);
        _faults = new Faults(world, _venue);
        _slots = new SimLine?[1 + _chance.Below(3)];
        _shared = new Shared(world, _venue.Network);
        _venue.Network.Limit(_shared);
        _desk = _chance.OneIn(3) ? new SimDesk(world, _venue, _shared) : null;
        _checks = new FinalChecks(world, _venue, _desk);
    }

    /// <summary>Runs the history of a seed. The pool's one thread must be the caller's.</summary>
    public static async Task<HistoryResult> RunAsync(ulong seed, Planted planted = Planted.Nothing, TextWriter? text = null)
    {
        var world = new World(seed, planted, text);
        await new History(world).RunAsync();
        world.Totals.Histories = 1;
        world.Totals.VirtualHours = world.Time.Elapsed.TotalHours;
        world.Totals.Violations = world.Violations.Count;
        return new HistoryResult(seed, world.Trace.Hash, world.Totals, world.Violations);
    }

    private async Task RunAsync()
    {
        _faults.Begin();
        ActLater();
        if (_desk is not null)
        {
            ActAtDeskLater(_desk);
            QuoteLater();
        }

        TickLater(20 + _chance.Below(_venue.Market.NeverRests ? 60 : 300));
        await _world.RunForAsync(_chance.Between(20_000, 150_000));
        _isOver = true;
        _faults.End();
        await _checks.CheckRecoveryAsync(_lines);
        await LeaveAsync();
    }

    private async Task LeaveAsync()
    {
        foreach (SimLine line in _lines.Where(static line => line is { Line: not null, IsOver: false }))
        {
            _ = line.DisposeAsync();
        }

        _ = _desk?.DisposeAsync();
        await _checks.CheckLeavingAsync(_lines);
    }

    private void ActAtDeskLater(SimDesk desk) => _world.Time.Schedule(_chance.After(1200), () =>
    {
        if (!_isOver)
        {
            desk.Act();
            ActAtDeskLater(desk);
        }
    });

    private void QuoteLater() => _world.Time.Schedule(_chance.After(150), () =>
    {
        if (!_isOver)
        {
            _venue.PublishQuote(_venue.Market.Quotes[_chance.Below(_venue.Market.Quotes.Count)]);
            QuoteLater();
        }
    });

    private void TickLater(double mean) => _world.Time.Schedule(_chance.After(mean), () =>
    {
        if (!_venue.Habits.IsQuiet)
        {
            for (int burst = _chance.OneIn(15) ? 20 : 1; burst > 0; burst--)
            {
                _venue.Publish(_venue.Market.Streams[_chance.Below(_venue.Market.Streams.Count)]);
            }

            TickLater(mean);
        }
    });

    private void ActLater() => _world.Time.Schedule(_chance.After(1500), () =>
    {
        if (!_isOver)
        {
            Act();
            ActLater();
        }
    });

    private void Act()
    {
        int slot = _chance.Below(_slots.Length);
        SimLine? line = _slots[slot];
        if (line is null || line.IsOver)
        {
            line = _slots[slot] = new SimLine(_world, _venue, _shared, _lines.Count + 1);
            _lines.Add(line);
            _ = line.ConnectAsync();
            return;
        }

        if (line.Line is null)
        {
            return;
        }

        _ = _chance.Below(100) switch
        {
            < 35 => line.SubscribeAsync(patience: null),
            < 45 => line.SubscribeAsync(_chance.Between(0, 4000)),
            < 75 when line.Subscriptions.Count > 0 => line.UnsubscribeAsync(),
            < 85 => line.RotateAsync(),
            < 90 => line.ListAsync(),
            < 95 => line.DisposeAsync(),
            _ => Task.CompletedTask,
        };
    }
}
