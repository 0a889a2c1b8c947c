using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using PerfConn.Dispatch;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Venues.Binance;

/// <summary>Twisted messages: nothing is thrown, everything ends, and what is still good JSON means what it says.</summary>
public class BinanceMutationTests
{
    private static ReadOnlySpan<byte> Letters => "{}[]\",:\\ 01.-eEsubBaA@tdmM\n"u8;

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Any_bytes_are_answered_by_at_least_one_call_and_no_exception(ulong seed)
    {
        var random = new SplitMix(seed);
        string[] messages = BinanceMessages.All;
        int ticks = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] message = Encoding.Latin1.GetBytes(messages[random.Below(messages.Length)]);
            for (int count = random.Below(4); count >= 0; count--)
            {
                message = Mutated(message, random);
            }

            List<string> calls = BinanceMessages.Read(message);
            Assert.NotEmpty(calls);
            Assert.All(calls, call => Assert.True(call.Length <= message.Length + 64));
            ticks += calls.Count(call => call.StartsWith("tick", StringComparison.Ordinal));
            ReadViews(message);
        }

        Assert.True(ticks > 1000, $"only {ticks} ticks: the mutations are too rough to test anything");
    }

    /// <summary>The fast path guesses; wherever the message is good JSON it must come to what a plain reading comes to.</summary>
    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    [InlineData(13UL)]
    public void The_guess_never_contradicts_a_plain_reading(ulong seed)
    {
        var random = new SplitMix(seed);
        string[] messages = [.. BinanceMessages.All.Where(message => message.Length > 90)];
        int compared = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] message = Mutated(Encoding.Latin1.GetBytes(messages[random.Below(messages.Length)]), random);
            List<string>? expected = PlainReading(message);
            if (expected is not null)
            {
                Assert.True(expected.SequenceEqual(BinanceMessages.Read(message), StringComparer.Ordinal), Encoding.Latin1.GetString(message));
                compared++;
            }
        }

        Assert.True(compared > 4000, $"only {compared} messages could be compared");
    }

    private static void ReadViews(byte[] payload)
    {
        var book = new Tick(new SymbolId(0), BinanceChannels.BookTicker, payload, 0);
        var trade = new Tick(new SymbolId(0), BinanceChannels.Trade, payload, 0);
        var depth = new Tick(new SymbolId(0), BinanceChannels.Depth, payload, 0);
        _ = BookTicker.TryRead(book, out _);
        _ = Trade.TryRead(trade, out _);
        if (DepthUpdate.TryRead(depth, out DepthUpdate update))
        {
            int levels = 0;
            foreach (PriceLevel level in update.Bids)
            {
                levels++;
            }

            foreach (PriceLevel level in update.Asks)
            {
                levels++;
            }

            Assert.InRange(levels, 0, payload.Length);
        }
    }

    /// <summary>Ticks of a combined or raw message by way of a whole JSON document; null where the message is torn or is not about ticks.</summary>
    private static List<string>? PlainReading(byte[] message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            Dictionary<string, JsonElement>? fields = Fields(document.RootElement);
            if (fields is null || !fields.TryGetValue("stream", out JsonElement stream) || !fields.TryGetValue("data", out JsonElement data))
            {
                return fields is null || fields.ContainsKey("code") || fields.ContainsKey("error") || fields.ContainsKey("result")
                    ? null
                    : RawTick(fields, message);
            }

            if (stream.ValueKind != JsonValueKind.String || data.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            string name = Raw(stream)[1..^1];
            int at = name.IndexOf('@', StringComparison.Ordinal);
            string type = at > 0 ? name[(at + 1)..] : string.Empty;
            int channel = Array.IndexOf(["bookTicker", "trade", "depth", "depth@100ms"], type);
            return channel < 0 ? null : [$"tick {name[..at]} {Math.Min(channel, 2)} {Raw(data)}"];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<string>? RawTick(Dictionary<string, JsonElement> fields, byte[] message)
    {
        string kind = fields.TryGetValue("e", out JsonElement e) && e.ValueKind == JsonValueKind.String ? Raw(e)[1..^1] : string.Empty;
        bool book = new[] { "u", "b", "B", "a", "A" }.All(fields.ContainsKey) && (!fields.ContainsKey("e") || kind == "bookTicker");
        int channel = kind switch { "trade" => 1, "depthUpdate" => 2, _ => book ? 0 : -1 };
        bool named = fields.TryGetValue("s", out JsonElement s) && s.ValueKind == JsonValueKind.String && Raw(s).Length > 2;
        return channel < 0 || !named ? null : [$"tick {Raw(s)[1..^1]} {channel} {Encoding.Latin1.GetString(message)}"];
    }

    private static Dictionary<string, JsonElement>? Fields(JsonElement root)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        return root.ValueKind == JsonValueKind.Object
            && root.EnumerateObject().All(field => fields.TryAdd(Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8PropertyName(field)), field.Value))
            ? fields
            : null;
    }

    private static string Raw(JsonElement element) => Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8Value(element));

    private static byte[] Mutated(byte[] message, SplitMix random)
    {
        var bytes = new List<byte>(message);
        int place = random.Below(Math.Max(bytes.Count, 1));
        byte letter = random.OneIn(3) ? (byte)random.Next() : Letters[random.Below(Letters.Length)];
        switch (bytes.Count == 0 ? 1 : random.Below(6))
        {
            case 0:
                bytes.RemoveAt(place);
                break;
            case 1:
                bytes.Insert(place, letter);
                break;
            case 2 when random.OneIn(4):
                bytes.RemoveRange(place, bytes.Count - place);
                break;
            case 3:
                int length = random.Below(Math.Min(16, bytes.Count - place) + 1);
                bytes.InsertRange(random.Below(bytes.Count), bytes.GetRange(place, length));
                break;
            default:
                bytes[place] = letter;
                break;
        }

        return [.. bytes];
    }
}
