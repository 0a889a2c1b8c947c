using System;
using System.Globalization;
using System.Text;

namespace PerfConn.SimulationTests.Venue;

/// <summary>
/// One stream of the venue's market. It counts its ticks; the count stands in each message, in a place that a line does not look at, beside the venue's own numbers, which a line
/// may look at: contiguous for trades, increasing for book tickers, from-to for depth.
/// </summary>
internal sealed class MarketStream
{
    private readonly Chance _chance;
    private readonly string _symbol;
    private readonly string _kind;
    private long _number;

    public MarketStream(string name, Chance chance, string? shown = null)
    {
        Name = shown ?? name;
        int at = name.IndexOf('@', StringComparison.Ordinal);
        _symbol = name[..at].ToUpperInvariant();
        _kind = name[(at + 1)..];
        _chance = chance;
        _number = 1000 + chance.Below(100_000);
    }

    /// <summary>What stands for a stream that the venue does not have.</summary>
    public static MarketStream Unknown { get; } = new("unknown@trade", new Chance(0));

    /// <summary>Its name in requests.</summary>
    public string Name { get; }

    /// <summary>Whether the venue's numbers leave nothing out.</summary>
    public bool IsContiguous => _kind == "trade";

    /// <summary>Whether its numbers show that a tick is missing.</summary>
    public bool HasChain => _kind is not ("bookTicker" or "quote");

    /// <summary>Ticks published so far.</summary>
    public long Count { get; private set; }

    /// <summary>Publishes a tick; gives its message.</summary>
    public byte[] Publish()
    {
        Count++;
        long first = _number + 1;
        _number += _kind == "trade" ? 1 : 1 + _chance.Below(5);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"stream\":\"{Name}\",\"data\":{Data(first)}}}"));
    }

    /// <summary>Counts a tick that somebody else writes.</summary>
    public long Skip() => ++Count;

    /// <summary>The count of a tick, from its payload.</summary>
    public static long CountOf(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> rest = payload[(payload.IndexOf("\"0.00"u8) + 5)..];
        long count = 0;
        for (int i = 0; rest[i] != '"'; i++)
        {
            count = (count * 10) + rest[i] - '0';
        }

        return count;
    }

    private string Data(long first) => _kind switch
    {
        "trade" => $"{{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"{_symbol}\",\"t\":{_number},\"p\":\"0.00{Count}\",\"q\":\"100\",\"T\":1672515782136,\"m\":true,\"M\":true}}",
        "bookTicker" => $"{{\"u\":{_number},\"s\":\"{_symbol}\",\"b\":\"0.00{Count}\",\"B\":\"31.21000000\",\"a\":\"25.36520000\",\"A\":\"40.66000000\"}}",
        _ => $"{{\"e\":\"depthUpdate\",\"E\":1672515782136,\"s\":\"{_symbol}\",\"U\":{first},\"u\":{_number},\"b\":[[\"0.00{Count}\",\"10\"]],\"a\":[[\"0.0026\",\"100\"]]}}",
    };
}
