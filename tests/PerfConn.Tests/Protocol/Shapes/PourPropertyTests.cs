using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using PerfConn.Tests.Venues.Binance;
using Xunit;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Arrays, topics and frames, good, twisted and torn.</summary>
public class PourPropertyTests
{
    private const string Other = """{"symbol":"X","n":{"symbol":"NO"}}""";

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public void Arrays_topics_and_frames_say_what_a_plain_reading_says(ulong seed)
    {
        var random = new SplitMix(seed);
        var trial = new PourTrial();
        string[] starts =
        [
            $"[{ShapeSamples.KrakenItem},{ShapeSamples.KrakenItem}]", $"[{Other}, 1,{ShapeSamples.KrakenItem.Replace("/", "\\/", StringComparison.Ordinal)} ]", "[]", "[{\"symbol\":\"A\\ud83d\"},{}]",
            $"[{string.Join(',', Enumerable.Repeat(ShapeSamples.KrakenItem + "," + Other, 40))}]",
            "orderbook.50.BTC-29DEC23.P", "publicTrade.tickers.X", "btc@x@depth@100ms", "btc@depth", "@trade", "tickers.",
            "\0\u0001\0\u0008\0\u0006\u003A\u0001\0\u0002\u002C\u0040", "\0\u0002\0\u0008\0\u0006\u003A\u0001\0\u0002\u002C\u0040\0\u0004\0\0\0\0", "\0\0",
            "hdr\0\u0006\u003A\u0001\0\u0002\u002C\u0040\0\0\0\0\0\u0002\u002C\u0040",
        ];
        for (int i = 0; i < 40_000; i++)
        {
            var bytes = new List<byte>(Encoding.Latin1.GetBytes(random.Pick(starts)));
            for (int count = random.Below(3); count > 0; count--)
            {
                int at = random.Below(bytes.Count + 1);
                switch (random.Below(5))
                {
                    case 0 when at < bytes.Count:
                        bytes[at] = random.Pick((byte)'"', (byte)'\\', (byte)'}', (byte)',', (byte)'.', (byte)'@', (byte)0, (byte)9);
                        break;
                    case 1 when at < bytes.Count:
                        bytes.RemoveAt(at);
                        break;
                    case 2 when random.OneIn(3):
                        bytes.RemoveRange(at, bytes.Count - at);
                        break;
                    default:
                        bytes.InsertRange(at, Encoding.Latin1.GetBytes(random.Pick(" ", Other, ",", ",null", "]", "\0", "@", ".", "tickers.", "@depth", "\u0008", "x")));
                        break;
                }
            }

            string? fault = trial.Fault(bytes.ToArray());
            Assert.True(fault is null, $"{fault}\n{Convert.ToHexString(bytes.ToArray())}\n{Encoding.Latin1.GetString(bytes.ToArray())}");
        }

        Assert.True(trial.Good > 10_000, $"only {trial.Good} good ones");
    }

    [Fact]
    public void A_torn_array_gives_nothing_and_a_long_one_all()
    {
        string[] items = [.. Enumerable.Range(0, 200).Select(i => "{\"symbol\":\"S" + i.ToString(CultureInfo.InvariantCulture) + "\",\"bid\":1.5}")];
        string array = $"[{string.Join(',', items)}]";
        List<string> calls = [];
        var sink = new RecordingSink(calls);
        ItemReader<SymbolItem> reader = default;
        Assert.True(reader.TryPour(Encoding.ASCII.GetBytes(array), new TickChannel(5), ref sink));
        Assert.Equal(items.Select((item, i) => $"tick S{i} 5 {item}"), calls);
        calls.Clear();
        Assert.False(reader.TryPour(Encoding.ASCII.GetBytes(array[..^1]), new TickChannel(5), ref sink));
        Assert.False(reader.TryPour(Encoding.ASCII.GetBytes(array + "x"), new TickChannel(5), ref sink));
        Assert.False(reader.TryPour("{\"symbol\":\"X\"}"u8, new TickChannel(5), ref sink));
        Assert.Empty(calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3000)]
    public void A_token_table_knows_its_tokens_and_no_others(int count)
    {
        var table = new TokenTable([.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create((uint)(i * 256), $"N{i}"))]);
        Assert.Equal(count, table.Count);
        for (uint token = 0; token < count * 256; token++)
        {
            Assert.Equal(token % 256 == 0, table.TryGetName(token, out ReadOnlySpan<byte> name));
            Assert.Equal(token % 256 == 0 ? $"N{token / 256}" : "", Encoding.ASCII.GetString(name));
        }
    }

    [Fact]
    public void A_token_table_refuses_what_is_ambiguous()
    {
        Assert.Throws<ArgumentException>(() => new TokenTable([new(1, "A"), new(1, "B")]));
        Assert.Throws<ArgumentException>(() => new TokenTable([new(1, "")]));
        Assert.False(new TokenTable([]).TryGetName(0, out _));
    }

    [Fact]
    public void Pouring_allocates_nothing()
    {
        byte[] array = Encoding.ASCII.GetBytes($"[{ShapeSamples.KrakenItem},{ShapeSamples.KrakenItem.Replace("/", "\\/", StringComparison.Ordinal)}]");
        byte[] frame = [0, 1, 0, 8, 0, 6, 0x3A, 1, 0, 2, 0x2C, 0x40];
        var table = new TokenTable([new(408065, "INFY")]);
        var sink = new CountingSink();
        ItemReader<SymbolItem> items = default;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                items.TryPour(array, default, ref sink);
                TokenReader<KiteLayout>.TryPourCounted(frame, table, ref sink);
            }
        });
        Assert.Equal(600, sink.Ticks);
    }

    private struct CountingSink : IProtocolSink
    {
        public int Ticks { get; private set; }

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) => Ticks++;

        public readonly void OnAccepted(long requestId, ReadOnlySpan<byte> result)
        {
        }

        public readonly void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
        {
        }

        public readonly void OnShutdownNotice()
        {
        }

        public readonly void OnOther(ReadOnlySpan<byte> message)
        {
        }
    }
}
