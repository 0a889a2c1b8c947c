using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Venues.Binance;

namespace PerfConn.Tests.Venues.Binance;

/// <summary>Messages as the venue's documentation shows them.</summary>
internal static class BinanceMessages
{
    public const string Book = "{\"u\":400900217,\"s\":\"BNBUSDT\",\"b\":\"25.35190000\",\"B\":\"31.21000000\",\"a\":\"25.36520000\",\"A\":\"40.66000000\"}";

    public const string TradeEvent =
        "{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BNBBTC\",\"t\":12345,\"p\":\"0.001\",\"q\":\"100\",\"T\":1672515782137,\"m\":true,\"M\":true}";

    public const string Depth =
        "{\"e\":\"depthUpdate\",\"E\":1672515782136,\"s\":\"BNBBTC\",\"U\":157,\"u\":160,\"b\":[[\"0.0024\",\"10\"],[\"0.0023\",\"0.00000000\"]],\"a\":[[\"0.0026\",\"100\"]]}";

    public const string FuturesBook =
        "{\"e\":\"bookTicker\",\"u\":400900217,\"E\":1568014460893,\"T\":1568014460891,\"s\":\"BNBUSDT\",\"b\":\"25.35\",\"B\":\"31.21\",\"a\":\"25.36\",\"A\":\"40.66\"}";

    public const string Shutdown = "{\"e\":\"serverShutdown\",\"E\":1770123456789}";

    public static string Combined(string stream, string data) => $"{{\"stream\":\"{stream}\",\"data\":{data}}}";

    public static List<string> Read(string message) => Read(Encoding.Latin1.GetBytes(message));

    public static List<string> Read(byte[] message)
    {
        var calls = new List<string>();
        var sink = new RecordingSink(calls);
        new BinanceProtocol().Read(message, ref sink);
        return calls;
    }

    /// <summary>One of each kind, the odd ones included.</summary>
    public static string[] All =>
    [
        Book,
        TradeEvent,
        Depth,
        FuturesBook,
        Shutdown,
        Combined("bnbusdt@bookTicker", Book),
        Combined("bnbbtc@trade", TradeEvent),
        Combined("bnbbtc@depth", Depth),
        Combined("bnbbtc@depth@100ms", Depth),
        Combined("!bookTicker", Book),
        Combined("!serverShutdown", Shutdown),
        Combined("!bookTicker@arr", $"[{Book},{TradeEvent}]"),
        $"[{Book},{Book}]",
        "{\"result\":null,\"id\":1}",
        "{\"result\":[\"btcusdt@bookTicker\",\"ethusdt@trade\"],\"id\":3}",
        "{\"error\":{\"code\":2,\"msg\":\"Invalid request\"},\"id\":3}",
        "{\"code\":2,\"msg\":\"Invalid request\",\"id\":3}",
        Combined("bnbbtc@kline_1m", "{\"e\":\"kline\",\"E\":1672515782136,\"s\":\"BNBBTC\",\"k\":{\"t\":1672515780000}}"),
    ];

    /// <summary>The same object with its fields in another order and white space everywhere; values that are objects stay as they are.</summary>
    public static string Rearranged(string json, int rotation)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        string[] fields = [.. document.RootElement.EnumerateObject().Select(field => $" \"{field.Name}\" :\t{field.Value.GetRawText()} ")];
        return "{\r\n" + string.Join(',', fields.Skip(rotation % fields.Length).Concat(fields.Take(rotation % fields.Length))) + "}";
    }
}
