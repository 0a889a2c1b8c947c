using System;
using System.Collections.Generic;

namespace PerfConn.SimulationTests.Venue;

/// <summary>What the venue publishes, whoever listens.</summary>
internal sealed class Market
{
    private static readonly string[] s_symbols = ["btcusdt", "ethusdt", "bnbusdt", "solusdt"];
    private static readonly string[] s_kinds = ["trade", "bookTicker", "depth@100ms"];

    private readonly Dictionary<string, MarketStream> _byName = new(StringComparer.Ordinal);

    public Market(Chance chance)
    {
        foreach (string symbol in s_symbols)
        {
            foreach (string kind in s_kinds)
            {
                var stream = new MarketStream($"{symbol}@{kind}", chance.Fork());
                Streams.Add(stream);
                _byName.Add(stream.Name, stream);
            }
        }
    }

    public List<MarketStream> Streams { get; } = [];

    /// <summary>Whether every stream ticks every few seconds, all through the history.</summary>
    public bool NeverRests { get; set; }

    /// <summary>A stream by its name; null when there is none.</summary>
    public MarketStream? Find(string name) => _byName.GetValueOrDefault(name);
}
