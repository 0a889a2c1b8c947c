using PerfConn.Examples;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Sequencing;

/// <summary>The rules at their edges: one number more or less, and the answer is another.</summary>
public sealed class SequenceStepsTests
{
    private static readonly TickChannel s_range = new((byte)SequenceKind.Range);
    private static readonly SymbolId s_btc = new(7);

    [Theory]
    [InlineData(0, 10, "Begins")]
    [InlineData(11, 12, "Follows")]
    [InlineData(11, 11, "Follows")]
    [InlineData(11, 10, "Repeats")]
    [InlineData(11, 9, "Restarts")]
    public void A_snapshot_follows_repeats_or_begins_a_new_count(long next, long number, string expected) =>
        Assert.Equal(expected, SequenceRule.Range.Step(next, SequenceSpan.Snapshot(number)).ToString());

    [Theory]
    [InlineData(101, 50, "Repeats")]
    [InlineData(101, 49, "Restarts")]
    [InlineData(101, 1, "Restarts")]
    public void A_number_far_below_is_a_new_count_and_one_that_is_only_as_far_as_allowed_is_old(long next, long number, string expected) =>
        Assert.Equal(expected, (SequenceRule.Contiguous with { ResetDistance = 50 }).Step(next, SequenceSpan.Single(number)).ToString());

    [Theory]
    [InlineData(101, 1, "Restarts")]
    [InlineData(101, 2, "Repeats")]
    [InlineData(2, 1, "Repeats")]
    public void The_number_that_a_count_begins_with_is_a_new_count_unless_it_was_the_last(long next, long number, string expected) =>
        Assert.Equal(expected, (SequenceRule.Contiguous with { RestartNumber = 1 }).Step(next, SequenceSpan.Single(number)).ToString());

    [Theory]
    [InlineData(100, 100, "Follows")]
    [InlineData(100, 3, "Follows")]
    [InlineData(99, 3, "Repeats")]
    [InlineData(101, 102, "Skips")]
    [InlineData(100, 101, "Follows")]
    public void A_chain_holds_where_it_names_the_last_number(long previous, long number, string expected) =>
        Assert.Equal(expected, SequenceRule.Chained.Step(101, SequenceSpan.Chained(previous, number)).ToString());

    [Fact]
    public void A_gap_before_a_snapshot_ends_with_its_number_and_nobody_knows_what_it_lost()
    {
        StreamLedger ledger = StreamLedger.For<RuledProtocol>();
        ledger.Observe(s_btc, s_range, 1, SequenceSpan.Range(1, 10));
        ledger.MarkGap(s_btc, s_range);
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, s_range, 2, SequenceSpan.Snapshot(20)));
        Assert.Equal(new StreamBreak(GapCause.Reconnected, 1, 10, 20, -1), ledger.Break);
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, s_range, 3, SequenceSpan.Snapshot(5)));
        Assert.Equal(new StreamBreak(GapCause.Reset, 2, 20, 5, -1), ledger.Break);

        // From the snapshot on the deltas count again.
        Assert.Equal(StreamVerdict.Duplicate, ledger.Observe(s_btc, s_range, 4, SequenceSpan.Range(4, 5)));
        Assert.Equal(StreamVerdict.Accept, ledger.Observe(s_btc, s_range, 5, SequenceSpan.Range(5, 6)));
    }

    /// <summary>A number that no venue counts to is not believed: the stream would be blind for ever.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_number_that_cannot_be_is_not_looked_at(long number)
    {
        StreamLedger ledger = StreamLedger.For<RuledProtocol>();
        ledger.Observe(s_btc, s_range, 1, SequenceSpan.Range(1, 10));
        ledger.MarkGap(s_btc, s_range);
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, s_range, 2, new SequenceSpan(0, number)));
        Assert.Equal(new StreamBreak(GapCause.Reconnected, 1, 10, -1, -1), ledger.Break);

        // And where the count stood it stands.
        Assert.Equal(StreamVerdict.Duplicate, ledger.Observe(s_btc, s_range, 3, SequenceSpan.Range(9, 10)));
        Assert.Equal(StreamVerdict.Accept, ledger.Observe(s_btc, s_range, 4, SequenceSpan.Range(11, 12)));
    }

    [Fact]
    public void Numbers_that_only_rise_prove_nothing_however_they_are_written()
    {
        StreamLedger ledger = StreamLedger.For<RuledProtocol>();
        var rising = new TickChannel((byte)SequenceKind.Increasing);
        ledger.Observe(s_btc, rising, 1, SequenceSpan.Single(10));
        ledger.MarkGap(s_btc, rising);
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, rising, 2, SequenceSpan.Single(11)));
        Assert.Equal(new StreamBreak(GapCause.Reconnected, 1, 10, 11, -1), ledger.Break);
    }

    [Fact]
    public void A_gap_of_the_line_gives_its_numbers_to_one_marker_of_each_stream_and_no_more()
    {
        StreamLedger ledger = StreamLedger.For<GatewayProtocol>();
        var channel = new TickChannel(0);
        ledger.ObserveMessage(1, SequenceSpan.Single(3));
        ledger.Observe(s_btc, channel, 1);
        ledger.ObserveMessage(2, SequenceSpan.Single(6));
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, channel, 2));
        Assert.Equal(new StreamBreak(GapCause.Sequence, 1, 3, 6, -1), ledger.Break);
        ledger.MarkGap(s_btc, channel);
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, channel, 3));
        Assert.Equal(new StreamBreak(GapCause.Reconnected, 2, -1, -1, -1), ledger.Break);
    }

    [Fact]
    public void A_line_that_counts_anew_says_so()
    {
        StreamLedger ledger = StreamLedger.For<GatewayProtocol>();
        var channel = new TickChannel(0);
        ledger.ObserveMessage(1, SequenceSpan.Single(30));
        ledger.Observe(s_btc, channel, 1);
        Assert.Equal(StreamVerdict.Accept, ledger.ObserveMessage(2, SequenceSpan.Snapshot(6)));
        Assert.Equal(StreamVerdict.Gap, ledger.Observe(s_btc, channel, 2));
        Assert.Equal(new StreamBreak(GapCause.Reset, 1, 30, 6, -1), ledger.Break);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_message_with_a_number_that_cannot_be_is_read_and_counts_for_nothing(long number)
    {
        StreamLedger ledger = StreamLedger.For<GatewayProtocol>();
        var channel = new TickChannel(0);
        ledger.ObserveMessage(1, SequenceSpan.Single(3));
        ledger.Observe(s_btc, channel, 1);
        Assert.Equal(StreamVerdict.Accept, ledger.ObserveMessage(2, new SequenceSpan(100, number)));
        Assert.Equal(StreamVerdict.Accept, ledger.ObserveMessage(3, SequenceSpan.Single(4)));
        Assert.Equal(StreamVerdict.Duplicate, ledger.ObserveMessage(4, SequenceSpan.Single(4)));
        Assert.Equal(StreamVerdict.Accept, ledger.Observe(s_btc, channel, 4));
    }
}
