using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Sequencing;

public sealed class StreamLedgerTests
{
    private static readonly TickChannel s_trade = new(1);
    private static readonly TickChannel s_book = new(0);

    private readonly StreamLedger _ledger = new();

    [Fact]
    public void A_first_tick_has_no_gap_before_it() => Assert.False(_ledger.Observe(new SymbolId(5), s_trade, 10, out _));

    [Fact]
    public void A_marked_stream_has_one_gap_before_its_next_tick_and_tells_when_the_last_one_was()
    {
        _ledger.Observe(new SymbolId(5), s_trade, 10, out _);
        _ledger.Observe(new SymbolId(5), s_trade, 20, out _);
        _ledger.MarkGapInAllSeen();
        Assert.True(_ledger.Observe(new SymbolId(5), s_trade, 30, out long last));
        Assert.Equal(20, last);
        Assert.False(_ledger.Observe(new SymbolId(5), s_trade, 40, out _));
    }

    [Fact]
    public void Only_what_has_ticked_counts_as_seen()
    {
        _ledger.Observe(new SymbolId(5), s_trade, 10, out _);
        _ledger.MarkGapInAllSeen();
        Assert.False(_ledger.Observe(new SymbolId(5), s_book, 11, out _));
        Assert.False(_ledger.Observe(new SymbolId(4), s_trade, 12, out _));
    }

    [Fact]
    public void A_subscribed_stream_that_never_ticked_can_be_marked_too()
    {
        _ledger.MarkGap(new SymbolId(100_000), s_book);
        Assert.True(_ledger.Observe(new SymbolId(100_000), s_book, 1, out long last));
        Assert.Equal(0, last);
    }
}
