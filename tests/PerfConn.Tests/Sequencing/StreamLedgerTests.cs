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
    public void A_first_tick_has_no_gap_before_it() => Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(5), s_trade, 10));

    [Fact]
    public void A_marked_stream_has_one_gap_before_its_next_tick_and_tells_when_the_last_one_was()
    {
        _ledger.Observe(new SymbolId(5), s_trade, 10);
        _ledger.Observe(new SymbolId(5), s_trade, 20);
        _ledger.MarkGapInAllSeen();
        Assert.Equal(StreamVerdict.Gap, _ledger.Observe(new SymbolId(5), s_trade, 30));
        Assert.Equal(new StreamBreak(GapCause.Reconnected, 20, -1, -1, -1), _ledger.Break);
        Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(5), s_trade, 40));
    }

    [Fact]
    public void Only_what_has_ticked_counts_as_seen()
    {
        _ledger.Observe(new SymbolId(5), s_trade, 10);
        _ledger.MarkGapInAllSeen();
        Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(5), s_book, 11));
        Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(4), s_trade, 12));
    }

    [Fact]
    public void A_subscribed_stream_that_never_ticked_can_be_marked_too()
    {
        _ledger.MarkGap(new SymbolId(100_000), s_book);
        Assert.Equal(StreamVerdict.Gap, _ledger.Observe(new SymbolId(100_000), s_book, 1));
        Assert.Equal(0, _ledger.Break.LastTimestamp);
    }

    [Fact]
    public void A_gap_that_is_pending_keeps_its_first_cause()
    {
        _ledger.Observe(new SymbolId(5), s_trade, 10);
        _ledger.MarkGap(new SymbolId(5), s_trade, GapCause.Stale, 15);
        _ledger.MarkGapInAllSeen();
        Assert.Equal(StreamVerdict.Gap, _ledger.Observe(new SymbolId(5), s_trade, 20));
        Assert.Equal(GapCause.Stale, _ledger.Break.Cause);
        Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(5), s_trade, 30));
    }
}
