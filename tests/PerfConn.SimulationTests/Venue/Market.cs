using System;
using System.Collections.Generic;

namespace PerfConn.SimulationTests.Venue;

/// <summary>What the venue publishes, whoever listens.</summary>
internal sealed class Market
{
    private static readonly string[] s_symbols = ["btcusdt", "ethusdt", "bnbusdt", "solusdt"];
    private static readonly string[] s_quotes = ["R_10", "R_25", "R_50", "R_100"];
    private static readonly string[] s_kinds = ["trade", "bookTicker", "depth@100ms"];

    private readonly Dictionary<string, MarketStream> _byName = new(StringComparer.Ordinal);

    public Market(Chance chance)
    {
        foreach (string name in s_quotes)
        {
            Quotes.Add(new MarketStream(name + "@quote", chance.Fork(), name));
        }

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

    /// <summary>What calls can ask for.</summary>
    public List<MarketStream> Quotes { get; } = [];

    /// <summary>A quote by its name; null when there is none.</summary>
    public MarketStream? FindQuote(string name) => Quotes.Find(quote => quote.Name == name);

    /// <summary>A stream by its name; null when there is none.</summary>
    public MarketStream? Find(string name) => _byName.GetValueOrDefault(name);
}
