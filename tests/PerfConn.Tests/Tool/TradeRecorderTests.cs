using System;
using System.Text;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Tool.Running;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>The demo's own check that nothing is lost without a word.</summary>
public sealed class TradeRecorderTests
{
    private readonly TradeRecorder _recorder = new(new WallClock(TimeProvider.System), symbols: 2);

    [Fact]
    public void Ids_that_follow_one_another_are_no_gap()
    {
        Trade(0, 7);
        Trade(1, 100);
        Trade(0, 8);
        Trade(1, 101);

        Assert.Equal((0, 2, 0), (_recorder.GapsUnannounced, _recorder.SymbolsSeen, _recorder.Unreadable));
        Assert.Equal(4, _recorder.Ages.Histogram.Count);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(7)]
    [InlineData(3)]
    public void A_missing_or_repeated_trade_is_an_unannounced_gap(long next)
    {
        Trade(0, 7);
        Trade(0, next);
        Trade(0, next + 1);

        Assert.Equal(1, _recorder.GapsUnannounced);
    }

    [Fact]
    public void A_gap_marker_excuses_one_jump_of_its_own_symbol()
    {
        Trade(0, 7);
        Trade(1, 100);
        _recorder.OnGap(new Gap(new SymbolId(0), BinanceChannels.Trade, GapCause.Reconnected, 0, 0, Lost: -1));
        Trade(0, 50);
        Trade(0, 51);
        Trade(1, 200);

        Assert.Equal(1, _recorder.GapsUnannounced);
    }

    [Fact]
    public void What_is_no_trade_is_counted_and_not_thrown_on()
    {
        _recorder.OnTick(new Tick(new SymbolId(0), BinanceChannels.Trade, "{}"u8, 1));
        _recorder.OnTick(new Tick(new SymbolId(0), BinanceChannels.BookTicker, "{}"u8, 1));
        Trade(2, 1);

        Assert.Equal((3, 0), (_recorder.Unreadable, _recorder.SymbolsSeen));
    }

    private void Trade(int symbol, long id) => _recorder.OnTick(new Tick(
        new SymbolId(symbol),
        BinanceChannels.Trade,
        Encoding.UTF8.GetBytes(
            $"{{\"e\":\"trade\",\"E\":1672515782136000,\"s\":\"BNBBTC\",\"t\":{id},\"p\":\"0.001\",\"q\":\"100\",\"T\":1672515782136000,\"m\":true,\"M\":true}}"),
        1));
}
