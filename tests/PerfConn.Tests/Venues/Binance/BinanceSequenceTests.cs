using System;
using System.Text;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Venues.Binance;

public sealed class BinanceSequenceTests
{
    [Theory]
    [InlineData(0, SequenceKind.Increasing)]
    [InlineData(1, SequenceKind.Contiguous)]
    [InlineData(2, SequenceKind.Range)]
    [InlineData(3, SequenceKind.None)]
    public void Each_channel_has_the_rule_of_the_venues_page(byte channel, SequenceKind kind) =>
        Assert.Equal(kind, BinanceProtocol.RuleOf(new TickChannel(channel)).Kind);

    [Theory]
    [InlineData(0, BinanceMessages.Book, SequenceSpan.Anything, 400900217)]
    [InlineData(0, BinanceMessages.FuturesBook, SequenceSpan.Anything, 400900217)]
    [InlineData(0, "{\"s\":\"B\",\"u\":7}", SequenceSpan.Anything, 7)]
    [InlineData(0, "{\"u\":1234567890123456789,\"s\":\"B\"}", SequenceSpan.Anything, 1234567890123456789)]
    [InlineData(1, BinanceMessages.TradeEvent, 12344, 12345)]
    [InlineData(1, "{\"e\":\"trade\",\"E\":1672515782136000,\"s\":\"BNBBTC\",\"t\":12345,\"p\":\"0.001\"}", 12344, 12345)]
    [InlineData(1, "{\"e\":\"trade\",\"E\":1,\"T\":2,\"s\":\"BNBBTC\",\"t\":5}", 4, 5)]
    [InlineData(2, BinanceMessages.Depth, 156, 160)]
    [InlineData(2, "{\"u\":160,\"U\":157,\"s\":\"B\"}", 156, 160)]
    [InlineData(2, "{\"e\":\"depthUpdate\",\"E\":1,\"T\":2,\"s\":\"B\",\"U\":157,\"u\":160,\"pu\":149,\"b\":[],\"a\":[]}", 149, 160)]
    [InlineData(2, "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"B\",\"U\":157,\"u\":160,\"pu\":149,\"b\":[],\"a\":[]}", 149, 160)]
    public void The_numbers_are_found_whatever_the_order(byte channel, string payload, long after, long last)
    {
        Assert.True(BinanceProtocol.TryReadSequence(new TickChannel(channel), Encoding.UTF8.GetBytes(payload), out SequenceSpan span));
        Assert.Equal(new SequenceSpan(after, last), span);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "{\"u\":")]
    [InlineData(0, "{\"u\":\"x\",\"s\":\"B\"}")]
    [InlineData(0, "{\"u\":-5,\"s\":\"B\"}")]
    [InlineData(1, "{\"e\":\"trade\",\"E\":1,\"s\":\"B\"}")]
    [InlineData(2, "{\"u\":160,\"s\":\"B\"}")]
    [InlineData(2, "{\"U\":161,\"u\":160,\"s\":\"B\"}")]
    [InlineData(3, BinanceMessages.Book)]
    public void What_has_no_number_is_taken_as_it_comes(byte channel, string payload) =>
        Assert.False(BinanceProtocol.TryReadSequence(new TickChannel(channel), Encoding.UTF8.GetBytes(payload), out _));

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[][] payloads = [.. Array.ConvertAll([BinanceMessages.Book, BinanceMessages.TradeEvent, BinanceMessages.Depth, BinanceMessages.FuturesBook], Encoding.UTF8.GetBytes)];
        byte[] channels = [0, 1, 2, 0];
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                BinanceProtocol.TryReadSequence(new TickChannel(channels[i & 3]), payloads[i & 3], out _);
            }
        });
    }
}
