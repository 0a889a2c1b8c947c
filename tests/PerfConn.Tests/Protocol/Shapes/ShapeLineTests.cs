using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>A protocol of each shape on a line: from the venue's own messages to ticks with the right symbols and payloads.</summary>
public sealed class ShapeLineTests
{
    private static string[] KrakenItems =>
    [
        """{"symbol":"BTC/USD","bid":105944.20,"bid_qty":2.5}""", """{"symbol":"ETH/USD","bid":4.2e3,"bid_qty":2}""", """{"symbol":"SOL\/USD","bid":1}""",
    ];

    [Fact]
    public Task Key_at_a_path() => Gives<DerivProtocol>(
        [
            ShapeSamples.Deriv,
            ShapeSamples.Deriv.Replace("\"symbol\":\"R_100\"", "\"symbol\":\"R_10\"", StringComparison.Ordinal).Replace("6425.1", "64.25", StringComparison.Ordinal),
            "{\"echo_req\":{\"tick\":{\"symbol\":\"NO\"}},\"msg_type\":\"ping\",\"ping\":\"pong\"}",
            ShapeSamples.Deriv.Replace("\"ticks\":\"R_100\"", "\"ticks\":[\"R_50\",\"R_100\"]", StringComparison.Ordinal),
        ],
        [
            "R_100 " + Tick(ShapeSamples.Deriv),
            "R_10 " + Tick(ShapeSamples.Deriv).Replace("R_100", "R_10", StringComparison.Ordinal).Replace("6425.1", "64.25", StringComparison.Ordinal),
            "R_100 " + Tick(ShapeSamples.Deriv),
        ]);

    [Fact]
    public Task Suffix_of_a_topic() => Gives<BybitProtocol>(
        [
            ShapeSamples.Bybit, ShapeSamples.BybitBook, "{\"success\":true,\"ret_msg\":\"pong\",\"op\":\"ping\"}", "{\"type\":\"delta\",\"data\":{\"s\":\"NO\"},\"topic\":\"tickers.SOLUSDT\"}",
            "{\"topic\":\"kline.5.BTCUSDT\",\"data\":[]}", ShapeSamples.BybitBook.Replace("BTC-29DEC23.P", "ETH-USDT", StringComparison.Ordinal),
        ],
        [
            "BTCUSDT " + Data(ShapeSamples.Bybit, "[", "}]"), "BTC-29DEC23.P " + Data(ShapeSamples.BybitBook, "{\"s\"", "3342}"), "SOLUSDT {\"s\":\"NO\"}",
            "ETH-USDT " + Data(ShapeSamples.BybitBook, "{\"s\"", "3342}").Replace("BTC-29DEC23.P", "ETH-USDT", StringComparison.Ordinal),
        ]);

    [Fact]
    public Task Array_of_items_with_own_symbols() => Gives<KrakenProtocol>(
        [
            "{\"channel\":\"heartbeat\"}", ShapeSamples.Kraken, $"{{\"channel\":\"ticker\",\"type\":\"update\",\"data\":[{string.Join(", ", KrakenItems)}]}}",
            $"{{\"channel\":\"trade\",\"type\":\"update\",\"data\":[{KrakenItems[1]},{{]}}", $"{{\"data\":[{KrakenItems[1]}],\"channel\":\"book\"}}",
        ],
        [
            "BTC/USD " + ShapeSamples.KrakenItem, "BTC/USD " + KrakenItems[0], "ETH/USD " + KrakenItems[1], "SOL/USD " + KrakenItems[2], "ETH/USD " + KrakenItems[1],
        ]);

    [Fact]
    public Task Arrays_within_arrays() => Gives<CoinbaseAdvancedProtocol>(
        [
            ShapeSamples.CoinbaseAdvanced,
            """{"channel":"ticker","client_id":"","timestamp":"2023-02-09T20:30:37.1673Z","sequence_num":13,"events":[{"type":"update","tickers":[{"product_id":"A"},{"product_id":"B"}]},{"type":"update","tickers":[{"product_id":"C"}]}]}""",
        ],
        [
            "BTC-USD " + """{"type":"ticker","product_id":"BTC-USD","price":"68900.50","best_bid":"68900.49","best_ask":"68900.51"}""",
            "A {\"product_id\":\"A\"}", "B {\"product_id\":\"B\"}", "C {\"product_id\":\"C\"}",
        ]);

    [Fact]
    public async Task Binary_token_at_an_offset()
    {
        byte[] one = Convert.FromHexString("0001" + "0008" + "00063A0100022C40");
        byte[] two = Convert.FromHexString("0002" + "0008" + "000B450100022C40" + "0008" + "00063A0100022C41");
        await Gives<KiteProtocol>(
            opcode: 2,
            [one, [0], two, two[..^1], Convert.FromHexString("0001" + "0008" + "0000000100022C40")],
            ["INFY " + Text(one[4..]), "RELIANCE " + Text(two[4..12]), "INFY " + Text(two[14..])],
            others: 3);

        static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
    }

    private static string Tick(string message) => message[message.IndexOf("{\"ask\"", StringComparison.Ordinal)..^1];

    private static string Data(string message, string start, string end)
    {
        int from = message.IndexOf(start, StringComparison.Ordinal);
        return message[from..(message.IndexOf(end, from, StringComparison.Ordinal) + end.Length)];
    }

    private static Task Gives<TProtocol>(string[] messages, string[] ticks)
        where TProtocol : struct, IVenueProtocol =>
        Gives<TProtocol>(opcode: 1, [.. messages.Select(Encoding.UTF8.GetBytes)], ticks, others: -1);

    /// <summary>Sends the messages twice: in the second round the layouts are known.</summary>
    private static async Task Gives<TProtocol>(byte opcode, byte[][] messages, string[] ticks, int others)
        where TProtocol : struct, IVenueProtocol
    {
        var venue = new ScriptedVenue();
        var symbols = new SymbolMap();
        var handler = new RecordingHandler(symbols);
        var at = new Venue<TProtocol> { Name = "sample", Endpoint = Endpoint.Parse("ws://venue.test/") };
        await using Line line = await Line.ConnectAsync(at, handler, new LineOptions { Transport = venue.Factory, Symbols = symbols, Reconnect = null });
        ScriptedVenue.Connection connection = await venue.NextConnectionAsync();
        for (int round = 0; round < 2; round++)
        {
            foreach (byte[] message in messages)
            {
                await connection.SendAsync(opcode, message);
            }
        }

        await Deadline.UntilAsync(() => line.Statistics.Frames == messages.Length * 2, "all messages");
        Assert.Equal([.. ticks, .. ticks], handler.Events);
        Assert.True(others < 0 || line.Statistics.Others == others * 2, $"{line.Statistics.Others} others");
    }
}
