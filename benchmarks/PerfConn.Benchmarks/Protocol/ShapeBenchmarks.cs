using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BenchmarkDotNet.Attributes;
using PerfConn.Benchmarks.Venues;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Benchmarks.Protocol.ShapeLayouts;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>
/// Finding symbol, channel and payload in messages of 256 instruments with names and numbers of many lengths: predicted, and by the exact scan that a prediction is held to.
/// Times are for one message, of arrays for one item.
/// </summary>
[MemoryDiagnoser]
public class ShapeBenchmarks
{
    private const int Count = 256;
    private const int Items = 16;

    private readonly byte[][] _coinbase = new byte[Count][];
    private readonly byte[][] _deriv = new byte[Count][];
    private readonly byte[][] _bybit = new byte[Count][];
    private readonly byte[][] _arrays = new byte[Count / Items][];
    private readonly byte[][] _frames = new byte[Count / Items][];
    private byte[] _book = [];

    private ShapeReader<CoinbaseShape> _coinbaseReader;
    private ShapeReader<DerivShape> _derivReader;
    private ShapeReader<BybitShape> _bybitReader;
    private TopicReader<BybitTopics> _topics;
    private ItemReader<ItemShape> _items;
    private TokenTable _table = new([]);

    [GlobalSetup]
    public void Setup()
    {
        ulong state = 1;
        string[] names = [.. Enumerable.Range(0, Count).Select(i => Encoding.ASCII.GetString(Symbols.SymbolUniverse.Upper()[i * 11]))];
        for (int i = 0; i < Count; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            string price = ((state >> 40) * 0.01 / (1 + (state & 255))).ToString("0.####", CultureInfo.InvariantCulture);
            string id = ((state >> 20) / (1 + (state & 1023))).ToString(CultureInfo.InvariantCulture);
            string name = names[i];
            _coinbase[i] = Encoding.ASCII.GetBytes(
                $"{{\"type\":\"ticker\",\"sequence\":{37475248783 + i},\"product_id\":\"{name}\",\"price\":\"{price}\",\"open_24h\":\"1310.79\",\"best_bid\":\"{price}\",\"best_ask\":\"1285.27\",\"time\":\"2022-10-19T23:28:22.061769Z\"}}");
            _deriv[i] = Encoding.ASCII.GetBytes(
                $"{{\"echo_req\":{{\"subscribe\":1,\"ticks\":\"{name}\"}},\"msg_type\":\"tick\",\"req_id\":{i % 20},\"subscription\":{{\"id\":\"c84a793b-8a87-7999-ce10-9b22f7ceead3\"}},\"tick\":{{\"ask\":{price},\"bid\":{price},\"epoch\":1753105783,\"id\":\"c84a793b-8a87-7999-ce10-9b22f7ceead3\",\"pip_size\":2,\"quote\":{price},\"symbol\":\"{name}\"}}}}");
            _bybit[i] = Encoding.ASCII.GetBytes(
                $"{{\"topic\":\"publicTrade.{name}\",\"type\":\"snapshot\",\"ts\":1672304486868,\"data\":[{{\"T\":1672304486865,\"s\":\"{name}\",\"S\":\"Buy\",\"v\":\"0.001\",\"p\":\"{price}\",\"L\":\"PlusTick\",\"i\":\"20f43950-d8dd-5b31-9112-a178eb6023af\",\"BT\":false,\"seq\":{id}}}]}}");
        }

        _table = new TokenTable([.. names.Select((name, i) => KeyValuePair.Create((uint)(i * 2560) + 1, name))]);
        for (int i = 0; i < Count / Items; i++)
        {
            IEnumerable<string> items = Enumerable.Range(i * Items, Items).Select(j =>
                $"{{\"symbol\":\"{names[j]}\",\"bid\":{j}944.20,\"bid_qty\":2.5,\"ask\":{j}944.30,\"ask_qty\":3.1,\"last\":{j}944.2,\"volume\":2.4,\"timestamp\":\"2022-12-25T09:30:59.123456Z\"}}");
            _arrays[i] = Encoding.ASCII.GetBytes($"[{string.Join(',', items)}]");
            _frames[i] = [0, Items, .. Enumerable.Range(i * Items, Items).SelectMany(j => Packet((j * 2560) + 1))];
        }

        string levels = string.Join(',', Enumerable.Range(0, 50).Select(i => $"[\"30247.{i:D2}\",\"30.02{i}\"]"));
        _book = Encoding.ASCII.GetBytes($"{{\"s\":\"BTCUSDT\",\"b\":[{levels}],\"a\":[{levels}],\"u\":177400507}}");
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long KeyPredicted() => Predicted(ref _coinbaseReader, _coinbase);

    [Benchmark(OperationsPerInvoke = Count)]
    public long KeyExact() => Exact<CoinbaseShape>(_coinbase);

    [Benchmark(OperationsPerInvoke = Count)]
    public long NestedKeyPredicted() => Predicted(ref _derivReader, _deriv);

    [Benchmark(OperationsPerInvoke = Count)]
    public long NestedKeyExact() => Exact<DerivShape>(_deriv);

    [Benchmark(OperationsPerInvoke = Count)]
    public long TopicPredicted()
    {
        long sum = 0;
        foreach (byte[] message in _bybit)
        {
            if (_bybitReader.TryRead(message, out MessageFields fields) && _topics.TrySplitHead(fields.Symbol, out int topic, out ReadOnlySpan<byte> symbol))
            {
                sum += symbol.Length + topic + fields.Payload.Length;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long TopicExact()
    {
        long sum = 0;
        foreach (byte[] message in _bybit)
        {
            if (ShapeReader<BybitShape>.TryReadExact(message, out MessageFields fields) && _topics.TrySplitHead(fields.Symbol, out int topic, out ReadOnlySpan<byte> symbol))
            {
                sum += symbol.Length + topic + fields.Payload.Length;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long ItemsPredicted()
    {
        var sink = default(CountingSink);
        foreach (byte[] array in _arrays)
        {
            _items.TryPour(array, new TickChannel(1), ref sink);
        }

        return sink.Sum;
    }

    /// <summary>A check of the whole array, then each item by its fields.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long ItemsExact()
    {
        long sum = 0;
        foreach (byte[] array in _arrays)
        {
            var check = new JsonItems(array);
            while (check.MoveNext())
            {
                sum++;
            }

            foreach (ReadOnlySpan<byte> item in new JsonItems(array))
            {
                sum += ShapeReader<ItemShape>.TryReadExact(item, out MessageFields fields) ? fields.Symbol.Length : 0;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Tokens()
    {
        var sink = default(CountingSink);
        foreach (byte[] frame in _frames)
        {
            TokenReader<LtpLayout>.TryPourCounted(frame, _table, ref sink);
        }

        return sink.Sum;
    }

    /// <summary>A book of 50 levels a side, 1.9 kB, from brace to brace.</summary>
    [Benchmark]
    public int SkipBook() => JsonScanner.SkipNested(_book, 0, 0, 0, 0);

    /// <summary>The same, one string after the other.</summary>
    [Benchmark]
    public int SkipBookByString() => JsonScanner.SkipNestedByString(_book, 0, inside: false, 0, 0, 0);

    private static long Predicted<TShape>(ref ShapeReader<TShape> reader, byte[][] messages)
        where TShape : struct, IMessageShape
    {
        long sum = 0;
        foreach (byte[] message in messages)
        {
            sum += reader.TryRead(message, out MessageFields fields) ? fields.Symbol.Length + fields.Payload.Length : 0;
        }

        return sum;
    }

    private static long Exact<TShape>(byte[][] messages)
        where TShape : struct, IMessageShape
    {
        long sum = 0;
        foreach (byte[] message in messages)
        {
            sum += ShapeReader<TShape>.TryReadExact(message, out MessageFields fields) ? fields.Symbol.Length + fields.Payload.Length : 0;
        }

        return sum;
    }

    private static byte[] Packet(int token) =>
        [0, 8, (byte)(token >> 24), (byte)(token >> 16), (byte)(token >> 8), (byte)token, 0, 2, 0x2C, 0x40];
}
