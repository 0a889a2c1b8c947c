using System;
using System.Text;
using PerfConn.Protocol.Shapes;
using Xunit;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>What a message of a shape says, and the traps: each is read by a reader that expects something else in that place.</summary>
public class ShapeReaderTests
{
    [Fact]
    public void Deriv_symbol_is_the_ticks_own_and_not_the_echos()
    {
        string message = ShapeSamples.Deriv.Replace("\"ticks\":\"R_100\"", "\"ticks\":[\"R_50\",\"R_100\"],\"symbol\":\"R_50\",\"tick\":{\"symbol\":\"R_25\"}", StringComparison.Ordinal);
        int tick = message.LastIndexOf("{\"ask\"", StringComparison.Ordinal);
        Assert.Equal(("R_100", "tick", message[tick..^1]), Read<DerivShape>(ShapeSamples.Deriv, message));
    }

    [Fact]
    public void Okx_fields_may_come_in_any_order() =>
        Assert.Equal(
            ("BTC-USDT", "tickers", "[{\"instId\":\"NO\"}]"),
            Read<OkxShape>(ShapeSamples.Okx, "{\"data\":[{\"instId\":\"NO\"}],\"arg\":{\"instId\":\"BTC-USDT\",\"channel\":\"tickers\"}}"));

    [Theory]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"BTC-USD\"}", "BTC-USD")]
    [InlineData("{ \"type\" : \"ticker\" , \"product_id\" : \"BTC-USD\" }\n", "BTC-USD")]
    [InlineData("{\"product_id\":\"BTC-USD\",\"type\":\"ticker\"}", "BTC-USD")]
    [InlineData("{\"type\":\"ticker\",\"sequence\":\"\\\"product_id\\\":\\\"NO\\\"\",\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"\\\"product_id\":\"NO\",\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"x\":{\"product_id\":\"NO\"},\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"product_id\":\"YES\",\"product_id\":\"NO\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"product_id_2\":\"NO\",\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"a_product_id\":\"NO\",\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"product_id\",\"sequence\":1,\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"sequence\":123456789012345678901234567890e400,\"product_id\":\"YES\"}", "YES")]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"\\u0042TC-USD\"}", "\\u0042TC-USD")]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":408065}", "408065")]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"\"}", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":null}", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"BTC-USD\"", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"BTC-USD}", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":07475248783,\"product_id\":\"BTC-USD\"}", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":3747524878x,\"product_id\":\"BTC-USD\"}", null)]
    [InlineData("{\"type\":\"ticker\",\"sequence\":37475248783 \"product_id\":\"BTC-USD\"}", null)]
    [InlineData("[{\"type\":\"ticker\",\"sequence\":37475248783,\"product_id\":\"BTC-USD\"}]", null)]
    [InlineData("{\"type\":\"ticker\"}", null)]
    [InlineData("}", null)]
    [InlineData("", null)]
    public void Coinbase_traps(string message, string? symbol)
    {
        (string Symbol, string, string)? read = Read<CoinbaseShape>(ShapeSamples.Coinbase, message);
        Assert.Equal(symbol, read?.Symbol);
    }

    /// <summary>Two channels by turns: both layouts are kept.</summary>
    [Fact]
    public void Two_layouts_are_remembered()
    {
        ShapeReader<BybitShape> reader = default;
        byte[] trade = Encoding.ASCII.GetBytes(ShapeSamples.Bybit);
        byte[] book = Encoding.ASCII.GetBytes(ShapeSamples.BybitBook);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(reader.TryRead(trade, out _) && reader.TryRead(book, out _));
        }

        Assert.True(reader.IsPredicted(trade) && reader.IsPredicted(book));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var trial = new ShapeTrial();
        byte[][] messages = Array.ConvertAll(ShapeSamples.All, Encoding.Latin1.GetBytes);
        AllocationBudget.AssertZero(() =>
        {
            foreach (byte[] message in messages)
            {
                trial.Fault(message);
            }
        });
    }

    /// <summary>Reads the second message with a reader that knows the first.</summary>
    private static (string Symbol, string Channel, string Payload)? Read<TShape>(string known, string message)
        where TShape : struct, IMessageShape
    {
        ShapeReader<TShape> reader = default;
        byte[] first = Encoding.UTF8.GetBytes(known);
        Assert.True(reader.TryRead(first, out _));
        ShapeReader<TShape> copy = reader;
        Assert.True(copy.IsPredicted(first));
        return reader.TryRead(Encoding.UTF8.GetBytes(message), out MessageFields fields)
            ? (Encoding.UTF8.GetString(fields.Symbol), Encoding.UTF8.GetString(fields.Channel), Encoding.UTF8.GetString(fields.Payload))
            : null;
    }
}
