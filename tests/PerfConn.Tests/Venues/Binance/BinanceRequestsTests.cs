using System;
using System.Buffers;
using System.Linq;
using System.Text;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Venues.Binance;

public class BinanceRequestsTests
{
    [Fact]
    public void Requests_are_what_the_venue_documents()
    {
        Assert.Equal(
            "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@bookTicker\",\"ethusdt@depth@100ms\"],\"id\":1}",
            Written(output => BinanceProtocol.WriteSubscribe(output, 1, ["BTCUSDT@bookTicker", "EthUsdt@depth@100ms"])));
        Assert.Equal(
            "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"btc-usdt_perp@trade\"],\"id\":9223372036854775807}",
            Written(output => BinanceProtocol.WriteUnsubscribe(output, long.MaxValue, ["BTC-USDT_PERP@trade"])));
        Assert.Equal(
            "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}",
            Written(output => BinanceProtocol.WriteListSubscriptions(output, 3)));
    }

    [Theory]
    [InlineData("btcusdt@trade\"],\"id\":7}")]
    [InlineData("btc\"usdt@trade")]
    [InlineData("btcusdt")]
    [InlineData("")]
    public void A_request_with_a_stream_that_is_none_is_not_written_at_all(string stream)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(() => BinanceProtocol.WriteSubscribe(output, 1, ["btcusdt@trade", stream]));
        Assert.Throws<ArgumentException>(() => BinanceProtocol.WriteUnsubscribe(output, 1, [stream]));
        Assert.ThrowsAny<ArgumentException>(() => BinanceProtocol.WriteSubscribe(output, 1, []));
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("btcusdt@bookTicker", "btcusdt", 0)]
    [InlineData("BTCUSDT@trade", "BTCUSDT", 1)]
    [InlineData("btcusdt@depth", "btcusdt", 2)]
    [InlineData("btcusdt@depth@100ms", "btcusdt", 2)]
    [InlineData("1000sats_usdt-perp@trade", "1000sats_usdt-perp", 1)]
    [InlineData("x@trade", "x", 1)]
    [InlineData("abcdefghijklmnopqrst@trade", "abcdefghijklmnopqrst", 1)]
    public void Stream_names_are_split(string stream, string symbol, byte channel)
    {
        Assert.True(BinanceProtocol.TryParseStream(stream, out string foundSymbol, out TickChannel foundChannel, out string error));
        Assert.Equal(symbol, foundSymbol);
        Assert.Equal(channel, foundChannel.Value);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("btcusdt")]
    [InlineData("btcusdt@")]
    [InlineData("@trade")]
    [InlineData("btcusdt@kline_1m")]
    [InlineData("btcusdt@bookticker")]
    [InlineData("btcusdt@depth5")]
    [InlineData("btcusdt@depth@1000ms")]
    [InlineData("btcusdt@trade@trade")]
    [InlineData("!bookTicker")]
    [InlineData("btc usdt@trade")]
    [InlineData("btc/usdt@trade")]
    [InlineData("btcusdt\n@trade")]
    [InlineData("btcüsdt@trade")]
    [InlineData("abcdefghijklmnopqrstu@trade")]
    [InlineData("btcusdt@trade\r\nX: y")]
    public void Other_names_are_refused_in_one_line_that_helps(string stream)
    {
        Assert.False(BinanceProtocol.TryParseStream(stream, out string symbol, out _, out string error));
        Assert.Empty(symbol);
        Assert.DoesNotContain(error, char.IsControl);
        Assert.True(error.Contains("bookTicker", StringComparison.Ordinal) || error.Contains("1 to 20 letters", StringComparison.Ordinal), error);
        Assert.InRange(error.Length, 20, 260);
    }

    [Fact]
    public void Symbols_are_the_same_in_either_case() => Assert.True(BinanceProtocol.IgnoresSymbolCase);

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
