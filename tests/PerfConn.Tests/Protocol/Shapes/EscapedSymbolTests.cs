using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using PerfConn.Tests.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Protocol.Shapes;

public class EscapedSymbolTests
{
    [Theory]
    [InlineData("BTC\\/USD", "BTC/USD")]
    [InlineData("BTC\\u002fUSD", "BTC/USD")]
    [InlineData("\\u0042\\u0054C", "BTC")]
    [InlineData("\\ud83d\\ude00", "\U0001F600")]
    [InlineData("a\\\"\\\\\\b\\f\\n\\r\\t", "a\"\\\b\f\n\r\t")]
    [InlineData("plain", "plain")]
    [InlineData("\\ud83d", null)]
    [InlineData("\\ud83dx\\ude00", null)]
    [InlineData("\\ude00\\ud83d", null)]
    [InlineData("\\ud83d\\u0041", null)]
    [InlineData("\\x", null)]
    [InlineData("\\u12", null)]
    [InlineData("\\u+123", null)]
    [InlineData("a\\", null)]
    public void Is_read_as_the_base_library_reads_it(string text, string? expected)
    {
        var target = new byte[text.Length];
        bool decoded = EscapedSymbol.TryDecode(Encoding.UTF8.GetBytes(text), target, out int length);
        Assert.Equal(expected is not null, decoded);
        if (decoded)
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(target, 0, length));
            Assert.Equal(expected, JsonSerializer.Deserialize<string>($"\"{text}\""));
        }
    }

    [Fact]
    public void Is_refused_where_it_does_not_fit() => Assert.False(EscapedSymbol.TryDecode("abc\\n"u8, new byte[3], out _));

    [Fact]
    public void Is_poured_by_its_true_spelling_or_as_other()
    {
        List<string> calls = [];
        var sink = new RecordingSink(calls);
        EscapedSymbol.Pour("BTC\\/USD"u8, new TickChannel(2), "item"u8, ref sink);
        EscapedSymbol.Pour("BTC\\x"u8, new TickChannel(2), "item"u8, ref sink);
        EscapedSymbol.Pour(Encoding.ASCII.GetBytes(new string('a', 1000)), new TickChannel(2), "item"u8, ref sink);
        Assert.Equal(["tick BTC/USD 2 item", "other item", "other item"], calls);
    }
}
