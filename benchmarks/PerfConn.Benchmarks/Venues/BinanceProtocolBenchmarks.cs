using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using PerfConn.Dispatch;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.Benchmarks.Venues;

/// <summary>
/// Classifying Binance messages of 256 different symbols and lengths, and reading their values. Times are for one message. The comparison is Utf8JsonReader walking
/// to the fields that say the same.
/// </summary>
[MemoryDiagnoser]
public class BinanceProtocolBenchmarks
{
    private const int Count = 256;

    private readonly byte[][] _combined = new byte[Count][];
    private readonly byte[][] _raw = new byte[Count][];
    private readonly byte[][] _reordered = new byte[Count][];
    private readonly byte[][] _trades = new byte[Count][];
    private readonly byte[][] _depths = new byte[Count][];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Count; i++)
        {
            string symbol = Encoding.ASCII.GetString(Symbols.SymbolUniverse.Upper()[i * 11]);
            string lower = symbol.ToLowerInvariant();
            string update = (400900217L * (1 + (i % 97))).ToString(CultureInfo.InvariantCulture);
            string values = $"\"b\":\"{25 + i}.35190000\",\"B\":\"31.21000000\",\"a\":\"{25 + i}.36520000\",\"A\":\"40.66000000\"";
            string book = $"{{\"u\":{update},\"s\":\"{symbol}\",{values}}}";
            string trade = $"{{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"{symbol}\",\"t\":{update},\"p\":\"0.001\",\"q\":\"100\",\"T\":1672515782136,\"m\":true,\"M\":true}}";
            string level = "[\"0.00240000\",\"10.50000000\"],[\"0.00230000\",\"7.10000000\"]";
            string depth = $"{{\"e\":\"depthUpdate\",\"E\":1672515782136,\"s\":\"{symbol}\",\"U\":157,\"u\":{update},\"b\":[{level}],\"a\":[{level}]}}";
            _raw[i] = Encoding.ASCII.GetBytes(book);
            _combined[i] = Encoding.ASCII.GetBytes($"{{\"stream\":\"{lower}@bookTicker\",\"data\":{book}}}");
            _reordered[i] = Encoding.ASCII.GetBytes($"{{\"data\":{{{values},\"s\":\"{symbol}\",\"u\":{update}}},\"stream\":\"{lower}@bookTicker\"}}");
            _trades[i] = Encoding.ASCII.GetBytes($"{{\"stream\":\"{lower}@trade\",\"data\":{trade}}}");
            _depths[i] = Encoding.ASCII.GetBytes($"{{\"stream\":\"{lower}@depth@100ms\",\"data\":{depth}}}");
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long CombinedBookTicker() => ReadAll(_combined);

    [Benchmark(OperationsPerInvoke = Count)]
    public long RawBookTicker() => ReadAll(_raw);

    [Benchmark(OperationsPerInvoke = Count)]
    public long CombinedTrade() => ReadAll(_trades);

    [Benchmark(OperationsPerInvoke = Count)]
    public long CombinedDepth() => ReadAll(_depths);

    [Benchmark(OperationsPerInvoke = Count)]
    public long ReorderedBookTicker() => ReadAll(_reordered);

    /// <summary>Only as far as the stream name: the least that any reader has to do.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public long Utf8JsonReaderToStream()
    {
        long sum = 0;
        foreach (byte[] message in _combined)
        {
            var reader = new Utf8JsonReader(message);
            reader.Read();
            reader.Read();
            reader.Read();
            sum += reader.ValueSpan.Length;
            reader.Read();
            reader.Read();
            long start = reader.TokenStartIndex;
            reader.Skip();
            sum += reader.BytesConsumed - start;
        }

        return sum;
    }

    /// <summary>All five values of a book ticker, exactly.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long BookTickerValues()
    {
        long sum = 0;
        foreach (byte[] message in _raw)
        {
            var tick = new Tick(new SymbolId(0), BinanceChannels.BookTicker, message, 0);
            if (BookTicker.TryRead(tick, out BookTicker book))
            {
                sum += book.UpdateId + book.BidPrice.Mantissa + book.AskQuantity.Mantissa;
            }
        }

        return sum;
    }

    /// <summary>All six values of a trade.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long TradeValues()
    {
        long sum = 0;
        foreach (byte[] message in _trades)
        {
            ReadOnlySpan<byte> payload = message.AsSpan(message.AsSpan().IndexOf("{\"e\""u8))[..^1];
            var tick = new Tick(new SymbolId(0), BinanceChannels.Trade, payload, 0);
            if (Trade.TryRead(tick, out Trade trade))
            {
                sum += trade.EventTime + trade.TradeId + trade.Price.Mantissa + trade.Quantity.Mantissa + trade.TradeTime + (trade.BuyerIsMaker ? 1 : 0);
            }
        }

        return sum;
    }

    /// <summary>A depth update of two bids and two asks, all values.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long DepthValues()
    {
        long sum = 0;
        foreach (byte[] message in _depths)
        {
            ReadOnlySpan<byte> payload = message.AsSpan(message.AsSpan().IndexOf("{\"e\""u8))[..^1];
            var tick = new Tick(new SymbolId(0), BinanceChannels.Depth, payload, 0);
            if (DepthUpdate.TryRead(tick, out DepthUpdate depth))
            {
                foreach (PriceLevel level in depth.Bids)
                {
                    sum += level.Price.Mantissa;
                }

                foreach (PriceLevel level in depth.Asks)
                {
                    sum += level.Quantity.Mantissa;
                }
            }
        }

        return sum;
    }

    private long ReadAll(byte[][] messages)
    {
        BinanceProtocol protocol = default;
        var sink = default(CountingSink);
        foreach (byte[] message in messages)
        {
            protocol.Read(message, ref sink);
        }

        return sink.Sum;
    }
}
