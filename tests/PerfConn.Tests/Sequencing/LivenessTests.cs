using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Sequencing;

public sealed class LivenessTests
{
    private static readonly SymbolId s_btc = new(5);
    private static readonly TickChannel s_trade = new(1);
    private static readonly TickChannel s_book = new(0);

    private readonly StreamLedger _ledger = new();

    private Liveness State => _ledger.StateOf(s_btc, s_trade);

    [Fact]
    public void A_streams_life_from_its_subscription_to_its_end()
    {
        Assert.Equal(new Liveness(LivenessCause.NotSubscribed, 0), State);
        _ledger.MarkSubscribed(s_btc, s_trade, 10);
        Assert.Equal(new Liveness(LivenessCause.NeverTicked, 10), State);
        Observe(20);
        Assert.Equal(new Liveness(LivenessCause.Live, 20), State);
        Observe(25);
        Assert.Equal(new Liveness(LivenessCause.Live, 20), State);
        _ledger.MarkStale(s_btc, s_trade, 90);
        Assert.Equal(new Liveness(LivenessCause.Stale, 90), State);
        Assert.Equal(StreamVerdict.Gap, Observe(100));
        Assert.Equal(GapCause.Stale, _ledger.Break.Cause);
        Assert.Equal(new Liveness(LivenessCause.Live, 100), State);
        _ledger.MarkLeft(s_btc, s_trade, 110);
        Observe(111);
        Assert.Equal(new Liveness(LivenessCause.NotSubscribed, 110), State);
        _ledger.MarkSubscribed(s_btc, s_trade, 120);
        Assert.Equal(LivenessCause.GapPending, State.Why);
        Assert.Equal(StreamVerdict.Gap, Observe(130));
        Assert.Equal(GapCause.Resubscribed, _ledger.Break.Cause);
        Assert.True(State.IsLive);
    }

    /// <summary>What a venue kept back while it said that all was well: only numbers without a hole prove that it was nothing.</summary>
    [Fact]
    public void After_a_silence_that_was_too_long_a_tick_has_a_gap_before_it_unless_its_number_proves_that_nothing_is_missing()
    {
        StreamLedger ledger = StreamLedger.For<BinanceProtocol>();
        StreamVerdict After(TickChannel channel, SequenceSpan? before, SequenceSpan span)
        {
            if (before is { } first)
            {
                ledger.Observe(s_btc, channel, 10, first);
            }
            else
            {
                ledger.MarkSubscribed(s_btc, channel, 10);
            }

            ledger.MarkStale(s_btc, channel, 90);
            return ledger.Observe(s_btc, channel, 100, span);
        }

        Assert.Equal(StreamVerdict.Gap, After(BinanceChannels.BookTicker, SequenceSpan.Increasing(5), SequenceSpan.Increasing(6)));
        Assert.Equal((GapCause.Stale, -1), (ledger.Break.Cause, ledger.Break.Lost));
        Assert.Equal(StreamVerdict.Gap, After(BinanceChannels.Trade, before: null, SequenceSpan.Single(4)));
        Assert.Equal(StreamVerdict.Accept, After(BinanceChannels.Trade, SequenceSpan.Single(5), SequenceSpan.Single(6)));
        Assert.Equal(StreamVerdict.Gap, After(BinanceChannels.Trade, SequenceSpan.Single(7), SequenceSpan.Single(9)));
        Assert.Equal((GapCause.Sequence, 1), (ledger.Break.Cause, ledger.Break.Lost));
        Assert.Equal(StreamVerdict.Accept, After(BinanceChannels.Depth, SequenceSpan.Range(5, 6), SequenceSpan.Range(7, 9)));
    }

    [Fact]
    public void A_lost_line_takes_all_its_streams_down_at_once_and_each_comes_back_with_its_first_tick()
    {
        Observe(10);
        _ledger.LineDown(50);
        _ledger.LineDown(60);
        Assert.Equal(new Liveness(LivenessCause.LineDown, 50), State);
        Assert.Equal(new Liveness(LivenessCause.LineDown, 50), _ledger.StateOf(new SymbolId(100_000), s_book));
        _ledger.MarkGapInAllSeen();
        _ledger.LineUp(70);
        Assert.Equal(new Liveness(LivenessCause.GapPending, 50), State);
        Assert.Equal(StreamVerdict.Gap, Observe(80));
        Assert.Equal(new Liveness(LivenessCause.Live, 80), State);
    }

    [Fact]
    public void What_is_marked_before_its_row_exists_is_not_forgotten()
    {
        _ledger.MarkSubscribed(s_btc, s_trade, 10);
        _ledger.MarkGapInAllSeen(GapCause.Reconnected, 20);
        Assert.Equal(new Liveness(LivenessCause.GapPending, 20), State);
        Assert.Equal(StreamVerdict.Accept, _ledger.Observe(new SymbolId(6), s_trade, 30));
        Assert.Equal(new Liveness(LivenessCause.GapPending, 20), State);
        Assert.Equal(StreamVerdict.Gap, Observe(40));
    }

    [Fact]
    public void A_resync_keeps_a_ticking_stream_from_being_live_and_a_gap_does_not_end_it()
    {
        Observe(10);
        _ledger.MarkResyncing(s_btc, s_trade, isResyncing: true, 20);
        Assert.Equal(new Liveness(LivenessCause.Resyncing, 20), State);
        Observe(30);
        Assert.Equal(LivenessCause.Resyncing, State.Why);
        _ledger.MarkGap(s_btc, s_trade, GapCause.Stale, 40);
        Assert.Equal(new Liveness(LivenessCause.GapPending, 40), State);
        Observe(50);
        Assert.Equal(LivenessCause.Resyncing, State.Why);
        _ledger.MarkResyncing(s_btc, s_trade, isResyncing: false, 60);
        Assert.Equal(new Liveness(LivenessCause.Live, 60), State);
    }

    [Fact]
    public void A_symbol_is_live_when_all_its_wanted_streams_are()
    {
        Assert.Equal(LivenessCause.NotSubscribed, _ledger.StateOf(s_btc).Why);
        Observe(10);
        Assert.True(_ledger.StateOf(s_btc).IsLive);
        _ledger.MarkSubscribed(s_btc, s_book, 20);
        Assert.Equal(new Liveness(LivenessCause.NeverTicked, 20), _ledger.StateOf(s_btc));
        _ledger.Observe(s_btc, s_book, 30);
        Assert.Equal(new Liveness(LivenessCause.Live, 30), _ledger.StateOf(s_btc));
        _ledger.MarkLeft(s_btc, s_book, 40);
        Assert.True(_ledger.StateOf(s_btc).IsLive);
    }

    [Fact]
    public void A_stream_that_is_awaited_can_be_silent_for_too_long_too()
    {
        _ledger.MarkSubscribed(s_btc, s_trade, 10);
        _ledger.MarkStale(s_btc, s_trade, 50);
        Assert.Equal(new Liveness(LivenessCause.Stale, 50), State);
    }

    [Fact]
    public void A_gap_marks_nothing_that_nobody_wants_and_the_first_of_two_stays()
    {
        _ledger.MarkGap(s_btc, s_trade, GapCause.Stale, 10);
        _ledger.MarkGap(s_btc, s_trade, GapCause.Reconnected, 20);
        Assert.Equal(new Liveness(LivenessCause.GapPending, 10), State);
        Assert.Equal(StreamVerdict.Gap, Observe(30));
        Assert.Equal(GapCause.Stale, _ledger.Break.Cause);
        _ledger.MarkLeft(s_btc, s_trade, 40);
        _ledger.MarkGap(s_btc, s_trade, GapCause.Reconnected, 50);
        Assert.Equal(new Liveness(LivenessCause.NotSubscribed, 40), State);
    }

    [Fact]
    public void After_a_gap_that_nobody_announced_a_stream_is_live_since_its_end()
    {
        StreamLedger ledger = StreamLedger.For<RuledProtocol>();
        var channel = new TickChannel((byte)SequenceKind.Contiguous);
        ledger.Observe(s_btc, channel, 10, SequenceSpan.Single(1));
        ledger.Observe(s_btc, channel, 20, SequenceSpan.Single(2));
        Assert.Equal(new Liveness(LivenessCause.Live, 10), ledger.StateOf(s_btc, channel));
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, channel, 30, SequenceSpan.Single(4)));
        Assert.Equal(new Liveness(LivenessCause.Live, 30), ledger.StateOf(s_btc, channel));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        Observe(10);
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _ = State.IsLive;
                _ = _ledger.StateOf(s_btc).IsLive;
            }
        });
    }

    private StreamVerdict Observe(long timestamp) => _ledger.Observe(s_btc, s_trade, timestamp);
}
