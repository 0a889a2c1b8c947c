using System;
using System.Collections.Concurrent;
using System.Collections.Generic;

namespace PerfConn.Simulator.Market;

/// <summary>All symbols and the streams on them. Names are as the venue spells them: the symbol in lower case, the rest to the letter.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SimulatedMarket
{
    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StreamTrack> _tracks = new(StringComparer.Ordinal);

    public SimulatedMarket(int symbols, ulong seed)
    {
        var walk = new PriceWalk(seed);
        string[] names = SymbolNames.Create(symbols);
        for (int i = 0; i < names.Length; i++)
        {
#pragma warning disable CA1308 // Streams are named in lower case; the names are ASCII.
            _instruments.Add(names[i].ToLowerInvariant(), new Instrument(names[i], i, seed, walk));
#pragma warning restore CA1308
        }

        Symbols = names;
    }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>Puts a line on a stream; null when there is no such stream, which the venue accepts in silence.</summary>
    public TickStream? Join(string name, StreamFormat format)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || !_instruments.TryGetValue(name[..at], out Instrument? instrument))
        {
            return null;
        }

        Func<long, TickStream>? create = name[(at + 1)..] switch
        {
            "bookTicker" => first => new BookTickerStream(name, instrument, format, first),
            "trade" => first => new TradeStream(name, instrument, format, first),
            "depth" or "depth@100ms" or "depth@1000ms" => first => new DepthStream(name, instrument, format, first),
            _ => null,
        };
        return create is null ? null : _tracks.GetOrAdd(name, static _ => new StreamTrack()).Join(create);
    }

    /// <summary>Takes a line off its stream.</summary>
    public void Leave(TickStream stream)
    {
        if (_tracks.TryGetValue(stream.Name, out StreamTrack? track))
        {
            track.Leave(stream);
        }
    }
}
