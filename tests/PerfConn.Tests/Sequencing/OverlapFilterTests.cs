using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Sequencing;

public sealed class OverlapFilterTests
{
    private static readonly TickChannel s_trade = new(1);
    private static readonly SymbolId s_btc = new(3);

    private readonly OverlapFilter _filter = new(seed: 42);

    [Fact]
    public void Nothing_is_a_repeat_without_an_overlap()
    {
        Assert.False(_filter.IsOn);
        Assert.False(_filter.IsRepeat(s_btc, s_trade, "a"u8));
    }

    [Fact]
    public void What_the_old_connection_delivered_is_a_repeat_once_for_each_time()
    {
        _filter.Begin();
        Assert.True(_filter.IsOn);
        Assert.False(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.False(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.False(_filter.Take(s_btc, s_trade, "b"u8));
        _filter.BeginMatching();
        Assert.True(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.True(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.False(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.Equal(1, _filter.Remaining);
        Assert.True(_filter.Take(s_btc, s_trade, "b"u8));
        Assert.False(_filter.IsOn);
    }

    [Fact]
    public void Another_symbol_another_channel_and_another_length_are_other_ticks()
    {
        _filter.Begin();
        _filter.Take(s_btc, s_trade, "a\0"u8);
        _filter.BeginMatching();
        Assert.False(_filter.Take(new SymbolId(4), s_trade, "a\0"u8));
        Assert.False(_filter.Take(s_btc, new TickChannel(2), "a\0"u8));
        Assert.False(_filter.Take(s_btc, s_trade, "a"u8));
        Assert.True(_filter.Take(s_btc, s_trade, "a\0"u8));
    }

    [Fact]
    public void An_overlap_without_deliveries_is_over_when_the_new_connection_takes_over()
    {
        _filter.Begin();
        _filter.BeginMatching();
        Assert.False(_filter.IsOn);
    }

    [Fact]
    public void An_ended_overlap_remembers_nothing()
    {
        _filter.Begin();
        _filter.Take(s_btc, s_trade, "a"u8);
        _filter.BeginMatching();
        _filter.End();
        Assert.False(_filter.IsRepeat(s_btc, s_trade, "a"u8));
        Assert.Equal(0, _filter.Remaining);
    }

    [Fact]
    public void What_is_more_than_the_limit_is_not_remembered_and_that_is_told()
    {
        var filter = new OverlapFilter(seed: 1, limit: 2);
        filter.Begin();
        filter.Take(s_btc, s_trade, "a"u8);
        filter.Take(s_btc, s_trade, "b"u8);
        filter.Take(s_btc, s_trade, "a"u8);
        Assert.False(filter.HasOverflowed);
        filter.Take(s_btc, s_trade, "c"u8);
        Assert.True(filter.HasOverflowed);
        filter.BeginMatching();
        Assert.False(filter.Take(s_btc, s_trade, "c"u8));
        Assert.True(filter.Take(s_btc, s_trade, "b"u8));
    }

    [Fact]
    public void It_grows_with_what_it_has_to_remember_and_stays_half_empty()
    {
        _filter.Begin();
        for (int i = 0; i < 5000; i++)
        {
            Assert.False(_filter.Take(s_btc, s_trade, BitConverter.GetBytes(i)));
        }

        _filter.BeginMatching();
        Assert.False(_filter.Take(s_btc, s_trade, BitConverter.GetBytes(-1)));
        for (int i = 4999; i >= 0; i--)
        {
            Assert.True(_filter.Take(s_btc, s_trade, BitConverter.GetBytes(i)));
        }

        Assert.False(_filter.IsOn);
    }

    /// <summary>Against a dictionary of counts, with few payloads so that they repeat, and of all lengths around a hash's step.</summary>
    [Fact]
    public void It_counts_as_a_multiset_does() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            (from old in Gen.ListOf(Gen.Choose(0, 300)) from fresh in Gen.ListOf(Gen.Choose(0, 300)) select (old, fresh)).ToArbitrary(),
            run =>
            {
                var filter = new OverlapFilter(seed: 7);
                var model = new Dictionary<int, int>();
                filter.Begin();
                foreach (int tick in run.old.SelectMany(Twice))
                {
                    Assert.False(filter.Take(new SymbolId(tick % 3), s_trade, PayloadOf(tick)));
                    model[tick] = model.GetValueOrDefault(tick) + 1;
                }

                filter.BeginMatching();
                foreach (int tick in run.fresh.SelectMany(Twice))
                {
                    bool expected = model.GetValueOrDefault(tick) > 0;
                    Assert.Equal(expected, filter.IsOn && filter.Take(new SymbolId(tick % 3), s_trade, PayloadOf(tick)));
                    model[tick] = model.GetValueOrDefault(tick) - (expected ? 1 : 0);
                }

                Assert.Equal(model.Values.Sum(), filter.Remaining);
            }));

    private static IEnumerable<int> Twice(int tick) => tick % 2 == 0 ? [tick] : [tick, tick];

    private static byte[] PayloadOf(int tick) => Encoding.ASCII.GetBytes(new string('x', tick % 40) + (tick / 40));
}
