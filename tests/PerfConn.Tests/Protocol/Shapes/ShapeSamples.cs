namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Real messages of the venues' pages, for each shape one or more, and traps that look like them.</summary>
internal static class ShapeSamples
{
    public const string Kraken = """{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":105944.20,"bid_qty":2.5,"ask":105944.30,"ask_qty":3.1,"last":105944.2,"volume":2.4,"timestamp":"2022-12-25T09:30:59.123456Z"}]}""";

    public const string KrakenItem = """{"symbol":"BTC/USD","bid":105944.20,"bid_qty":2.5,"ask":105944.30,"ask_qty":3.1,"last":105944.2,"volume":2.4,"timestamp":"2022-12-25T09:30:59.123456Z"}""";

    public const string BinanceTrade = """{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}""";

    public const string Coinbase = """{"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22","open_24h":"1310.79","best_bid":"1285.04","best_ask":"1285.27","time":"2022-10-19T23:28:22.061769Z"}""";

    public const string CoinbaseAdvanced = """{"channel":"ticker","client_id":"","timestamp":"2023-02-09T20:30:37.167359596Z","sequence_num":12,"events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"68900.50","best_bid":"68900.49","best_ask":"68900.51"}]}]}""";

    public const string Deriv = """{"echo_req":{"ticks":"R_100","subscribe":1},"msg_type":"tick","req_id":7,"subscription":{"id":"c84a793b-8a87-7999-ce10-9b22f7ceead3"},"tick":{"ask":6425.1,"bid":6423.0,"epoch":1753105783,"id":"c84a793b-8a87-7999-ce10-9b22f7ceead3","pip_size":2,"quote":6424.05,"symbol":"R_100"}}""";

    public const string Bybit = """{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"seq":1783284617}]}""";

    public const string BybitBook = """{"topic":"orderbook.50.BTC-29DEC23.P","ts":1687940967466,"type":"delta","data":{"s":"BTC-29DEC23.P","b":[["30247.20","30.028"],["30245.40","0"]],"a":[["30248.70","0"]],"u":177400507,"seq":66544703342},"cts":1687940967464}""";

    public const string Okx = """{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","lastSz":"0.1","askPx":"9999.99","askSz":"11","bidPx":"8888.88","bidSz":"5","ts":"1597026383085"}]}""";

    public const string Deribit = """{"jsonrpc":"2.0","method":"subscription","params":{"channel":"quote.BTC-PERPETUAL","data":{"timestamp":1550658624149,"instrument_name":"BTC-PERPETUAL","best_bid_price":3914.97,"best_bid_amount":40,"best_ask_price":3996.61,"best_ask_amount":50}}}""";

    public const string Number = """{"mode":1,"x":[1,-2.5,{"id":5}],"o":{"p":1.5e3,"id":408065}}""";

    /// <summary>The messages that mutations begin with. The fuzz corpus holds the same.</summary>
    public static string[] All { get; } =
    [
        Kraken, KrakenItem, BinanceTrade, Coinbase, CoinbaseAdvanced, Deriv, Bybit, BybitBook, Okx, Deribit, Number,
        Deriv.Replace("\"ticks\":\"R_100\"", "\"ticks\":[\"R_50\",\"symbol\"]", System.StringComparison.Ordinal),
        Kraken.Replace("snapshot", "update", System.StringComparison.Ordinal).Replace("BTC/USD", "BTC\\/USD", System.StringComparison.Ordinal),
        """{"channel":"heartbeat"}""",
        """{"topic":"tickers.X","data":{}}""",
        """{"arg":{"instId":"A","channel":"trades"},"data":[]}""",
        """{"data":{"s":"Y"},"topic":"tickers.Y"}""",
        """{"type":"ticker","note":"\"product_id\":\"NO\"","product_id":"YES","product_id":"TWICE"}""",
        """{"o":{"id":{"id":7}},"mode":2}""",
    ];
}
