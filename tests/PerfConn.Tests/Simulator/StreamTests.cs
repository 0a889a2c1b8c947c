using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PerfConn.Simulator;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed partial class StreamTests
{
    private static readonly BinanceSimulatorOptions s_fast = new() { Rate = 0 };

    [Fact]
    public async Task Payloads_are_spelled_as_the_venue_spells_them()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        string price = "[0-9]+\\.[0-9]{8}";
        await ExpectAsync(simulator, "/ws/btcusdt@bookTicker",
            $$"""^\{"u":[0-9]+,"s":"BTCUSDT","b":"{{price}}","B":"{{price}}","a":"{{price}}","A":"{{price}}"\}$""");
        await ExpectAsync(simulator, "/stream?streams=ethusdt@bookTicker",
            $$"""^\{"stream":"ethusdt@bookTicker","data":\{"u":[0-9]+,"s":"ETHUSDT","b":"{{price}}","B":"{{price}}","a":"{{price}}","A":"{{price}}"\}\}$""");
        await ExpectAsync(simulator, "/ws/btcusdt@trade",
            $$"""^\{"e":"trade","E":[0-9]{13},"s":"BTCUSDT","t":[0-9]+,"p":"{{price}}","q":"{{price}}","T":[0-9]{13},"m":(true|false),"M":true\}$""");
        await ExpectAsync(simulator, "/stream?streams=btcusdt@trade&timeUnit=MICROSECOND",
            $$"""^\{"stream":"btcusdt@trade","data":\{"e":"trade","E":[0-9]{16},"s":"BTCUSDT","t":[0-9]+,"p":"{{price}}","q":"{{price}}","T":[0-9]{16},"m":(true|false),"M":true\}\}$""");
        foreach (string stream in (string[])["btcusdt@depth", "btcusdt@depth@100ms"])
        {
            string levels = $"""(\["{price}","{price}"\],?)+""";
            await ExpectAsync(simulator, "/ws/" + stream,
                $$"""^\{"e":"depthUpdate","E":[0-9]{13},"s":"BTCUSDT","U":[0-9]+,"u":[0-9]+,"b":\[{{levels}}\],"a":\[{{levels}}\]\}$""");
        }
    }

    /// <summary>Every symbol, many ticks each, raw and combined: prices and quantities stay positive and plausible, ids have no hole.</summary>
    [Theory]
    [InlineData("/ws")]
    [InlineData("/stream?streams=")]
    public async Task Ticks_are_plausible_and_contiguous(string path)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_fast with { Symbols = 50 });
        string streams = string.Join('/', simulator.Symbols.Select(symbol => symbol.ToLowerInvariant())
            .SelectMany(symbol => (string[])[symbol + "@bookTicker", symbol + "@trade", symbol + "@depth"]));
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, path == "/ws" ? path + "/" + streams : path + streams);
        var last = new Dictionary<string, long>();
        for (int i = 0; i < 30_000; i++)
        {
            JsonElement message = await client.NextAsync();
            JsonElement data = message.TryGetProperty("data", out JsonElement inner) ? inner : message;
            string symbol = data.GetProperty("s").GetString()!;
            string kind = data.TryGetProperty("e", out JsonElement e) ? e.GetString()! : "bookTicker";
            (long first, long sequence) = Check(kind, data);
            if (last.TryGetValue(symbol + kind, out long previous))
            {
                Assert.Equal(previous + 1, first);
            }

            last[symbol + kind] = sequence;
        }

        Assert.Equal(150, last.Count);
    }

    [Fact]
    public async Task The_ledger_agrees_with_what_a_client_received()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_fast);
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/stream?streams=btcusdt@bookTicker/ethusdt@trade/bnbusdt@depth");
        var received = new Dictionary<string, (long First, long Last, long Count)>();
        for (int i = 0; i < 20_000; i++)
        {
            Note(received, await client.NextAsync());
        }

        simulator.PauseTicks();
        await client.SendAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}");
        JsonElement message;
        while (!(message = await client.NextAsync()).TryGetProperty("result", out _))
        {
            Note(received, message);
        }

        IReadOnlyList<StreamPosition> ledger = simulator.GetLedger();
        Assert.Equal(3, ledger.Count);
        foreach (StreamPosition position in ledger)
        {
            Assert.Equal(1, position.Connection);
            Assert.Equal(received[position.Stream], (position.FirstSequence, position.LastSequence, position.Ticks));
        }

        Assert.Equal(received.Values.Sum(stream => stream.Count), simulator.GetStatistics().TicksSent);
    }

    /// <summary>Two lines on one stream see the same tick under the same number: what an A/B pair or an overlapping rotation needs.</summary>
    [Fact]
    public async Task Lines_agree_and_overlap_without_a_hole()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(s_fast);
        await using ForeignClient first = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        var seen = new Dictionary<long, string>();
        for (int i = 0; i < 1000; i++)
        {
            await NoteAsync(first, seen);
        }

        await using ForeignClient second = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        var other = new Dictionary<long, string>();
        for (int i = 0; i < 1000; i++)
        {
            await NoteAsync(second, other);
        }

        long joined = other.Keys.Min();
        while (seen.Keys.Max() < joined + 500)
        {
            await NoteAsync(first, seen);
        }

        Assert.Equal(seen[joined], other[joined]);
        Assert.Equal(seen[joined + 499], other[joined + 499]);
    }

    /// <summary>Who comes back after everybody had left finds that the market went on.</summary>
    [Fact]
    public async Task A_reconnect_finds_a_gap()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        await using (ForeignClient first = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade"))
        {
            await first.NextAsync();
            await simulator.DropAllAsync();
        }

        long last = Assert.Single(simulator.GetLedger()).LastSequence;
        await using ForeignClient second = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade");
        Assert.Equal(last + 11, (await second.NextAsync()).GetProperty("t").GetInt64());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_market()
    {
        async Task<string> FirstAsync(ulong seed)
        {
            await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Seed = seed });
            await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
            return (await client.NextTextAsync())!;
        }

        string one = await FirstAsync(1);
        Assert.Equal(one, await FirstAsync(1));
        Assert.NotEqual(one, await FirstAsync(2));
    }

    [Fact]
    public async Task The_rate_is_kept_in_the_clocks_time()
    {
        var time = new ManualTimeProvider();
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions
        {
            Listen = false,
            Rate = 100,
            PingInterval = System.Threading.Timeout.InfiniteTimeSpan,
            TimeProvider = time,
        });
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws/btcusdt@trade");
        for (int i = 1; i <= 200; i++)
        {
            // One timer for the next tick and one for the end of the session's life.
            await Deadline.UntilAsync(() => time.Waiting == 2, "the session waits for its next tick");
            Assert.Equal(i - 1, simulator.GetStatistics().TicksSent);
            time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(1, (await peer.NextAsync())!.Value.Opcode);
        }
    }

    private static async Task ExpectAsync(BinanceSimulator simulator, string path, string pattern)
    {
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, path);
        for (int i = 0; i < 20; i++)
        {
            string? text = await client.NextTextAsync();
            Assert.Matches(new Regex(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)), text);
        }
    }

    private static (long First, long Last) Check(string kind, JsonElement data)
    {
        switch (kind)
        {
            case "bookTicker":
                Assert.True(Number(data, "b") < Number(data, "a"));
                Assert.True(Number(data, "b") > 0 && Number(data, "B") > 0 && Number(data, "A") > 0);
                return (data.GetProperty("u").GetInt64(), data.GetProperty("u").GetInt64());
            case "trade":
                Assert.True(Number(data, "p") > 0 && Number(data, "q") > 0);
                Assert.Equal(data.GetProperty("E").GetInt64(), data.GetProperty("T").GetInt64());
                return (data.GetProperty("t").GetInt64(), data.GetProperty("t").GetInt64());
            default:
                Assert.Equal("depthUpdate", kind);
                decimal[] bids = [.. data.GetProperty("b").EnumerateArray().Select(level => Number(level[0]))];
                decimal[] asks = [.. data.GetProperty("a").EnumerateArray().Select(level => Number(level[0]))];
                Assert.True(bids[1] < bids[0] && bids[0] < asks[0] && asks[0] < asks[1] && bids[1] > 0);
                return (data.GetProperty("U").GetInt64(), data.GetProperty("u").GetInt64());
        }
    }

    private static decimal Number(JsonElement data, string name) => Number(data.GetProperty(name));

    private static decimal Number(JsonElement text)
    {
        // A leading zero stands only before the point.
        Assert.Matches(PlainNumber(), text.GetString());
        return decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
    }

    private static void Note(Dictionary<string, (long First, long Last, long Count)> received, JsonElement message)
    {
        string stream = message.GetProperty("stream").GetString()!;
        JsonElement data = message.GetProperty("data");
        long sequence = data.GetProperty(stream.EndsWith("trade", StringComparison.Ordinal) ? "t" : "u").GetInt64();
        (long First, long Last, long Count) old = received.GetValueOrDefault(stream, (sequence, 0, 0));
        received[stream] = (old.First, sequence, old.Count + 1);
    }

    private static async Task NoteAsync(ForeignClient client, Dictionary<long, string> seen)
    {
        string text = (await client.NextTextAsync())!;
        seen.Add(JsonDocument.Parse(text).RootElement.GetProperty("u").GetInt64(), text);
    }

    [GeneratedRegex("^(0|[1-9][0-9]*)\\.[0-9]{8}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlainNumber();
}
