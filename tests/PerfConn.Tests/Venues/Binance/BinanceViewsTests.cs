using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Venues.Binance;

public class BinanceViewsTests
{
    private static readonly TickChannel[] s_channels = [BinanceChannels.BookTicker, BinanceChannels.Trade, BinanceChannels.Depth];

    [Fact]
    public void A_book_ticker_has_its_five_values_in_any_order()
    {
        Assert.Equal("400900217 25.35190000 31.21000000 25.36520000 40.66000000", ReadBook(BinanceMessages.Book));
        Assert.Equal("400900217 25.35 31.21 25.36 40.66", ReadBook(BinanceMessages.FuturesBook));
        for (int rotation = 0; rotation < 6; rotation++)
        {
            Assert.Equal("400900217 25.35190000 31.21000000 25.36520000 40.66000000", ReadBook(BinanceMessages.Rearranged(BinanceMessages.Book, rotation)));
        }
    }

    [Fact]
    public void A_trade_has_its_six_values_in_any_order()
    {
        Assert.Equal("1672515782136 12345 0.001 100 1672515782137 True", ReadTrade(BinanceMessages.TradeEvent));
        Assert.Equal("1672515782136 12345 0.001 100 1672515782137 False", ReadTrade(BinanceMessages.TradeEvent.Replace("\"m\":true", "\"m\":false", StringComparison.Ordinal)));
        Assert.Equal("1672515782136 12345 0.001 100 1672515782137 True", ReadTrade(BinanceMessages.TradeEvent.Replace(",\"M\":true", string.Empty, StringComparison.Ordinal)));
        for (int rotation = 0; rotation < 9; rotation++)
        {
            Assert.Equal("1672515782136 12345 0.001 100 1672515782137 True", ReadTrade(BinanceMessages.Rearranged(BinanceMessages.TradeEvent, rotation)));
        }
    }

    [Fact]
    public void A_depth_update_has_its_ids_and_levels_in_any_order()
    {
        const string Expected = "1672515782136 157 160 | 0.0024x10 0.0023x0.00000000 | 0.0026x100";
        Assert.Equal(Expected, ReadDepth(BinanceMessages.Depth));
        for (int rotation = 0; rotation < 7; rotation++)
        {
            Assert.Equal(Expected, ReadDepth(BinanceMessages.Rearranged(BinanceMessages.Depth, rotation)));
        }
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData(" [ ] ", "")]
    [InlineData("[ [ \"1\" , \"2\" ] , [\"3\",\"4\"] ]", "1x2 3x4")]
    [InlineData("[[\"1\",\"2\",[]]]", "1x2")]
    [InlineData("[[\"1\",\"2\"],[\"x\",\"4\"],[\"5\",\"6\"]]", "1x2 torn")]
    [InlineData("[[\"1\",\"2\"],]", "1x2 torn")]
    [InlineData("[[\"1\"]]", "torn")]
    [InlineData("[[1,2]]", "torn")]
    [InlineData("[7]", "torn")]
    [InlineData("[[\"1\",\"2\"] [\"3\",\"4\"]]", "1x2 torn")]
    [InlineData("[[\"1\",\"2\"]]]", "1x2 torn")]
    public void Levels_end_at_the_first_that_cannot_be_read_and_say_so(string bids, string expected)
    {
        string message = "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"BNBBTC\",\"U\":157,\"u\":160,\"b\":" + bids + ",\"a\":[]}";
        Assert.Equal($"1 157 160 | {expected} | ", ReadDepth(message));
    }

    [Fact]
    public void Sides_know_whether_they_are_empty()
    {
        var tick = Tick(BinanceChannels.Depth, "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"B\",\"U\":1,\"u\":2,\"b\":[],\"a\":[[\"1\",\"2\"]]}");
        Assert.True(DepthUpdate.TryRead(tick, out DepthUpdate depth));
        Assert.True(depth.Bids.IsEmpty);
        Assert.False(depth.Asks.IsEmpty);
    }

    /// <summary>Numbers of every length, sign and notation: the fast way reads the common ones, and hands over in the midst of a message.</summary>
    [Fact]
    public void Any_number_is_read_wherever_it_stands()
    {
        Gen<string> number = Gen.OneOf(
            from whole in Gen.Choose(0, int.MaxValue)
            from places in Gen.Choose(0, 8)
            from sign in Gen.Elements(string.Empty, string.Empty, "-")
            select sign + whole.ToString(CultureInfo.InvariantCulture) + (places == 0 ? string.Empty : "." + "123456789012"[..places]),
            Gen.Elements("1e3", "2.5E-7", "0", "0.00000000", "999999999999999.9", "9999999999999999.9", "123456789012345678", "-0.1"));
        Prop.ForAll(number.ArrayOf(4).ToArbitrary(), Gen.Choose(0, 17).ToArbitrary(), (numbers, digits) =>
        {
            string id = "123456789012345678"[..(digits + 1)];
            string text = $"{{\"u\":{id},\"s\":\"{new string('A', 1 + digits)}\",\"b\":\"{numbers[0]}\",\"B\":\"{numbers[1]}\",\"a\":\"{numbers[2]}\",\"A\":\"{numbers[3]}\"}}";
            string expected = string.Join(' ', numbers.Select(each => FixedPoint.TryParse(Encoding.ASCII.GetBytes(each), out FixedPoint value) ? value.ToString() : "?"));
            return ReadBook(text) == id + " " + expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("}")]
    [InlineData(" {}")]
    public void Nothing_may_follow_a_message(string rest)
    {
        Assert.Null(ReadBook(BinanceMessages.Book + rest));
        Assert.Null(ReadTrade(BinanceMessages.TradeEvent + rest));
        Assert.Null(ReadDepth(BinanceMessages.Depth + rest));
    }

    [Fact]
    public void A_view_that_could_not_be_read_is_empty()
    {
        string cut = BinanceMessages.Book.Replace("\"40.66000000\"", "\"none\"", StringComparison.Ordinal);
        Assert.False(BookTicker.TryRead(Tick(BinanceChannels.BookTicker, cut), out BookTicker book));
        Assert.Equal((0L, 0L, 0L), (book.UpdateId, book.BidPrice.Mantissa, book.AskQuantity.Mantissa));
    }

    [Fact]
    public void A_missing_or_wrong_field_is_not_read_as_zero()
    {
        Assert.All(Damaged(BinanceMessages.Book, except: "s"), message => Assert.Null(ReadBook(message)));
        Assert.All(Damaged(BinanceMessages.TradeEvent, except: "esM"), message => Assert.Null(ReadTrade(message)));
        Assert.All(Damaged(BinanceMessages.Depth, except: "es"), message => Assert.Null(ReadDepth(message)));
    }

    [Fact]
    public void A_view_reads_its_own_channel_only()
    {
        foreach (TickChannel channel in s_channels)
        {
            Assert.Equal(channel == BinanceChannels.BookTicker, BookTicker.TryRead(Tick(channel, BinanceMessages.Book), out _));
            Assert.Equal(channel == BinanceChannels.Trade, Trade.TryRead(Tick(channel, BinanceMessages.TradeEvent), out _));
            Assert.Equal(channel == BinanceChannels.Depth, DepthUpdate.TryRead(Tick(channel, BinanceMessages.Depth), out _));
        }
    }

    [Fact]
    public void Reading_values_allocates_nothing()
    {
        byte[] book = Encoding.ASCII.GetBytes(BinanceMessages.Book);
        byte[] odd = Encoding.ASCII.GetBytes(BinanceMessages.Rearranged(BinanceMessages.TradeEvent, 3));
        byte[] depth = Encoding.ASCII.GetBytes(BinanceMessages.Depth);
        int levels = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                levels += BookTicker.TryRead(new Tick(default, BinanceChannels.BookTicker, book, 0), out _) ? 1 : 0;
                levels += Trade.TryRead(new Tick(default, BinanceChannels.Trade, odd, 0), out _) ? 1 : 0;
                if (DepthUpdate.TryRead(new Tick(default, BinanceChannels.Depth, depth, 0), out DepthUpdate update))
                {
                    foreach (PriceLevel level in update.Bids)
                    {
                        levels++;
                    }
                }
            }
        });
        Assert.Equal(2 * 20_000 * 4, levels);
    }

    /// <summary>The message without one of its fields, and with one of them made something else, for each field that a view needs.</summary>
    private static IEnumerable<string> Damaged(string message, string except)
    {
        using var document = System.Text.Json.JsonDocument.Parse(message);
        List<(string Name, string Raw)> fields = [.. document.RootElement.EnumerateObject().Select(field => (field.Name, field.Value.GetRawText()))];
        for (int i = 0; i < fields.Count; i++)
        {
            if (!except.Contains(fields[i].Name, StringComparison.Ordinal))
            {
                yield return Join(fields.Where((_, index) => index != i));
                yield return Join(fields.Select((field, index) => index == i ? (field.Name, "{}") : field));
                yield return Join(fields.Select((field, index) => index == i ? (field.Name, "\"x\"") : field));
            }
        }

        static string Join(IEnumerable<(string Name, string Raw)> fields) => "{" + string.Join(',', fields.Select(field => $"\"{field.Name}\":{field.Raw}")) + "}";
    }

    private static Tick Tick(TickChannel channel, string payload) => new(new SymbolId(0), channel, Encoding.ASCII.GetBytes(payload), 0);

    private static string? ReadBook(string payload) =>
        BookTicker.TryRead(Tick(BinanceChannels.BookTicker, payload), out BookTicker book)
            ? $"{book.UpdateId} {book.BidPrice} {book.BidQuantity} {book.AskPrice} {book.AskQuantity}"
            : null;

    private static string? ReadTrade(string payload) =>
        Trade.TryRead(Tick(BinanceChannels.Trade, payload), out Trade trade)
            ? $"{trade.EventTime} {trade.TradeId} {trade.Price} {trade.Quantity} {trade.TradeTime} {trade.BuyerIsMaker}"
            : null;

    private static string? ReadDepth(string payload) =>
        DepthUpdate.TryRead(Tick(BinanceChannels.Depth, payload), out DepthUpdate depth)
            ? string.Create(CultureInfo.InvariantCulture, $"{depth.EventTime} {depth.FirstUpdateId} {depth.FinalUpdateId} | {Levels(depth.Bids)} | {Levels(depth.Asks)}")
            : null;

    private static string Levels(PriceLevels levels)
    {
        var texts = new List<string>();
        PriceLevels.Enumerator walk = levels.GetEnumerator();
        while (walk.MoveNext())
        {
            texts.Add($"{walk.Current.Price}x{walk.Current.Quantity}");
        }

        if (!walk.IsComplete)
        {
            texts.Add("torn");
        }

        return string.Join(' ', texts);
    }
}
