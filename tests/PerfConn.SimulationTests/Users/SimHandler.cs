using System;
using System.Collections.Generic;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Venue;
using PerfConn.Symbols;

namespace PerfConn.SimulationTests.Users;

/// <summary>A subscription's handler: it enters what comes into the books, and throws now and then.</summary>
internal sealed class SimHandler(World world, Chance chance, bool throws) : ITickHandler
{
    private readonly Dictionary<(SymbolId Symbol, TickChannel Channel), Ledger> _ledgers = [];
    private bool _isPlanted;

    public IEnumerable<Ledger> Ledgers => _ledgers.Values;

    public void Add(SymbolId symbol, TickChannel channel, Ledger ledger) => _ledgers.Add((symbol, channel), ledger);

    public void OnTick(in Tick tick)
    {
        if (!_ledgers.TryGetValue((tick.Symbol, tick.Channel), out Ledger? ledger))
        {
            return;
        }

        long count = MarketStream.CountOf(tick.Payload);
        if (IsTheOne(Planted.SwallowedTick, ledger))
        {
            return;
        }

        ledger.OnTick(count);
        if (IsTheOne(Planted.Duplicate, ledger))
        {
            ledger.OnTick(count);
        }

        if (throws && chance.OneIn(100))
        {
            throw new InvalidOperationException("a handler of the simulation fails now and then");
        }
    }

    public void OnGap(in Gap gap)
    {
        if (_ledgers.TryGetValue((gap.Symbol, gap.Channel), out Ledger? ledger) && world.Planted != Planted.SwallowedGap)
        {
            ledger.OnGap(in gap);
        }
    }

    /// <summary>No call may come from now on.</summary>
    public void Close()
    {
        foreach (Ledger ledger in _ledgers.Values)
        {
            ledger.IsClosed = true;
        }
    }

    private bool IsTheOne(Planted planted, Ledger ledger)
    {
        if (world.Planted != planted || _isPlanted || ledger.Last < 3)
        {
            return false;
        }

        _isPlanted = true;
        return true;
    }
}
