using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;
using Xunit;
using static PerfConn.Tests.Venues.Binance.BinanceMessages;

namespace PerfConn.Tests.Venues.Binance;

public class BinanceProtocolTests
{
    private static readonly byte s_book = BinanceChannels.BookTicker.Value;
    private static readonly byte s_trade = BinanceChannels.Trade.Value;
    private static readonly byte s_depth = BinanceChannels.Depth.Value;

    [Fact]
    public void Channels_differ()
    {
        byte[] channels = [s_book, s_trade, s_depth];
        Assert.Equal(3, channels.Distinct().Count());
        Assert.All(channels, channel => Assert.InRange(channel, 0, TickChannel.Limit - 1));
    }

    [Fact]
    public void Raw_items_are_told_apart_by_their_fields()
    {
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}"], Read(Book));
        Assert.Equal([$"tick BNBBTC {s_trade} {TradeEvent}"], Read(TradeEvent));
        Assert.Equal([$"tick BNBBTC {s_depth} {Depth}"], Read(Depth));
        Assert.Equal([$"tick BNBUSDT {s_book} {FuturesBook}"], Read(FuturesBook));
    }

    [Fact]
    public void Combined_items_are_told_apart_by_their_stream()
    {
        Assert.Equal([$"tick bnbusdt {s_book} {Book}"], Read(Combined("bnbusdt@bookTicker", Book)));
        Assert.Equal([$"tick bnbbtc {s_trade} {TradeEvent}"], Read(Combined("bnbbtc@trade", TradeEvent)));
        Assert.Equal([$"tick bnbbtc {s_depth} {Depth}"], Read(Combined("bnbbtc@depth", Depth)));
        Assert.Equal([$"tick bnbbtc {s_depth} {Depth}"], Read(Combined("bnbbtc@depth@100ms", Depth)));
        Assert.Equal([$"tick x {s_book} {Book}"], Read(Combined("x@bookTicker", Book)));
        Assert.Equal([$"tick {new string('x', 40)} {s_book} {Book}"], Read(Combined(new string('x', 40) + "@bookTicker", Book)));
    }

    [Fact]
    public void Order_of_fields_and_white_space_do_not_matter()
    {
        for (int rotation = 0; rotation < 9; rotation++)
        {
            string book = Rearranged(Book, rotation);
            string trade = Rearranged(TradeEvent, rotation);
            string depth = Rearranged(Depth, rotation);
            Assert.Equal([$"tick BNBUSDT {s_book} {book}"], Read(book));
            Assert.Equal([$"tick BNBBTC {s_trade} {trade}"], Read(trade));
            Assert.Equal([$"tick BNBBTC {s_depth} {depth}"], Read(depth));
            Assert.Equal([$"tick bnbusdt {s_book} {book}"], Read(Combined("bnbusdt@bookTicker", book)));
            Assert.Equal([$"tick bnbbtc {s_depth} {depth}"], Read(Rearranged(Combined("bnbbtc@depth", depth), rotation)));
        }
    }

    [Fact]
    public void A_nested_symbol_is_not_the_items_own()
    {
        string nested = Book.Replace("\"s\":\"BNBUSDT\",", "\"x\":{\"k\":1,\"s\":\"WRONG\"},\"s\":\"BNBUSDT\",", StringComparison.Ordinal);
        string first = "{\"u\":{\"k\":1,\"s\":\"WRONG\",\"b\":\"1\"},\"s\":\"BNBUSDT\",\"b\":\"25.35190000\",\"B\":\"31.21000000\",\"a\":\"25.36520000\",\"A\":\"40.66000000\"}";

        Assert.Equal([$"tick BNBUSDT {s_book} {nested}"], Read(nested));
        Assert.Equal([$"tick BNBUSDT {s_book} {first}"], Read(first));
    }

    [Fact]
    public void What_follows_the_data_is_not_part_of_the_payload()
    {
        string extra = Combined("bnbusdt@bookTicker", Book)[..^1] + ",\"x\":{\"y\":\"z\"}}";
        string braces = Book.Replace("BNBUSDT", "B}B{USDT", StringComparison.Ordinal);

        Assert.Equal([$"tick bnbusdt {s_book} {Book}"], Read(extra));
        Assert.Equal([$"tick bnbusdt {s_book} {braces}"], Read(Combined("bnbusdt@bookTicker", braces)));
        Assert.Equal([$"tick B}}B{{USDT {s_book} {braces}"], Read(braces));
    }

    [Fact]
    public void A_stream_name_ends_at_its_quote()
    {
        string trap = "{\"stream\":\"x\",\"foo\":\"b@bookTicker\",\"data\":" + Book + "}";
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}"], Read(trap));

        string early = "{\"stream\":\"x\"bookTicker\",\"data\":" + Book + "}";
        Assert.Equal([$"other {early}"], Read(early));
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}"], Read(Combined("@bookTicker", Book)));
    }

    [Fact]
    public void Streams_without_a_symbol_are_read_by_their_items()
    {
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}"], Read(Combined("!bookTicker", Book)));
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}", $"tick BNBBTC {s_trade} {TradeEvent}"], Read(Combined("!bookTicker@arr", $"[{Book}, {TradeEvent}]")));
        Assert.Equal([$"tick BNBUSDT {s_book} {Book}", "other 7", $"tick BNBBTC {s_depth} {Depth}"], Read($" [{Book},7,{Depth}]"));
    }

    [Theory]
    [InlineData("{\"result\":null,\"id\":1}", "accepted 1 null")]
    [InlineData("{\"id\":9223372036854775807,\"result\":null}", "accepted 9223372036854775807 null")]
    [InlineData(" { \"result\" : [ \"btcusdt@trade\" ] , \"id\" : 3 } ", "accepted 3 [ \"btcusdt@trade\" ]")]
    [InlineData("{\"error\":{\"code\":2,\"msg\":\"Invalid \\\"x\\\"\"},\"id\":3}", "refused 3 2 Invalid \\\"x\\\"")]
    [InlineData("{\"code\":2,\"msg\":\"Invalid request\",\"id\":3}", "refused 3 2 Invalid request")]
    [InlineData("{\"code\":3,\"msg\":\"Invalid JSON: expected value at line 1 column 1\"}", "refused -1 3 Invalid JSON: expected value at line 1 column 1")]
    [InlineData("{\"id\":null,\"error\":{\"code\":-1003,\"msg\":\"\"}}", "refused -1 -1003 ")]
    [InlineData("{\"id\":\"abc\",\"error\":{\"code\":2,\"msg\":\"m\"}}", "refused -1 2 m")]
    [InlineData("{\"error\":{\"msg\":\"m\"},\"id\":4}", "refused 4 -1 m")]
    public void Replies_carry_their_request(string message, string call) => Assert.Equal([call], Read(message));

    [Fact]
    public void Shutdown_notices_are_recognised_in_both_shapes()
    {
        Assert.Equal(["shutdown"], Read(Shutdown));
        Assert.Equal(["shutdown"], Read(Rearranged(Shutdown, 1)));
        Assert.Equal(["shutdown"], Read(Combined("!serverShutdown", Shutdown)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("pong")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[1,2")]
    [InlineData("{}")]
    [InlineData("{\"id\":1}")]
    [InlineData("{\"result\":null,\"id\":\"mine\"}")]
    [InlineData("{\"e\":\"trade\",\"E\":1}")]
    [InlineData("{\"e\":\"aggTrade\",\"s\":\"BNBBTC\",\"a\":1,\"p\":\"0.001\"}")]
    [InlineData("{\"u\":1,\"s\":\"BNBBTC\",\"b\":\"1\",\"B\":\"1\",\"a\":\"1\"}")]
    [InlineData("{\"u\":1,\"b\":\"1\",\"B\":\"1\",\"a\":\"1\",\"A\":\"1\"}")]
    [InlineData("{\"stream\":\"bnbbtc@trade\",\"data\":null}")]
    [InlineData("{\"stream\":\"bnbbtc@trade\",\"data\":[]}")]
    [InlineData("{\"stream\":\"bnbbtc@trade\",\"data\":{\"e\":\"trade\"}")]
    [InlineData("{\"stream\":\"bnbbtc@trade\",\"data\":{]}}")]
    [InlineData("{\"stream\":\"!x\",\"data\":{\"e\":}}")]
    public void Anything_else_is_handed_on_whole(string message) => Assert.Equal([$"other {message}"], Read(message));

    [Fact]
    public void Items_of_other_types_are_handed_on()
    {
        string kline = "{\"e\":\"kline\",\"E\":1672515782136,\"s\":\"BNBBTC\",\"k\":{\"t\":1672515780000}}";
        string partial = "{\"lastUpdateId\":160,\"bids\":[[\"0.0024\",\"10\"]],\"asks\":[[\"0.0026\",\"100\"]]}";

        Assert.Equal([$"other {kline}"], Read(Combined("bnbbtc@kline_1m", kline)));
        Assert.Equal([$"other {partial}"], Read(Combined("bnbbtc@depth5", partial)));
    }

    [Fact]
    public void Every_torn_message_gives_one_call_and_no_tick()
    {
        foreach (string message in All)
        {
            for (int length = 0; length < message.Length; length++)
            {
                List<string> calls = Read(message[..length]);
                Assert.Equal([$"other {message[..length]}"], calls);
            }
        }
    }

    [Fact]
    public void Reading_a_million_messages_allocates_nothing()
    {
        byte[][] messages = [.. All.Append("{\"torn").Append(Rearranged(Book, 2)).Select(Encoding.ASCII.GetBytes)];
        var protocol = new BinanceProtocol();
        var sink = default(CountingSink);
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                protocol.Read(messages[i % messages.Length], ref sink);
            }
        });
        Assert.True(sink.Calls >= 2_000_000, $"{sink.Calls} calls");
    }

    private struct CountingSink : IProtocolSink
    {
        public long Calls;

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) => Calls++;

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => Calls++;

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => Calls++;

        public void OnShutdownNotice() => Calls++;

        public void OnOther(ReadOnlySpan<byte> message) => Calls++;
    }
}
