using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Feeds.Legs;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Feeds.Legs;

/// <summary>First arrival wins, and nothing is lost that any leg has brought.</summary>
public sealed class LegMergeTests : IDisposable
{
    private static readonly SymbolId s_btc = new(0);

    private readonly ManualTimeProvider _time = new();
    private readonly Log _log = new();
    private readonly LegMerge<BinanceProtocol, Log> _merge;

    public LegMergeTests()
    {
        _merge = new LegMerge<BinanceProtocol, Log>(2, _log, new LegOptions { Line = new LineOptions { TimeProvider = _time } });
        _merge.OnUp(0, true);
        _merge.OnUp(1, true);
    }

    public void Dispose() => _merge.Dispose();

    [Fact]
    public void The_first_to_arrive_is_delivered_and_the_second_dropped()
    {
        Trade(0, 1);
        Trade(1, 1);
        Trade(1, 2);
        Trade(0, 2);
        Trade(0, 3);
        Assert.Equal(["1", "2", "3"], _log.Events);
        Assert.Equal((2, 1), (_merge.Read(0, false).Wins, _merge.Read(0, false).Repeats));
        Assert.Equal((1, 1), (_merge.Read(1, false).Wins, _merge.Read(1, false).Repeats));
    }

    [Fact]
    public void A_leg_that_comes_back_ahead_waits_for_the_other_to_bring_what_is_between()
    {
        Trade(0, 1);
        _merge.OnGap(1, new Gap(s_btc, BinanceChannels.Trade, GapCause.Reconnected, 0, 0, -1));
        Trade(1, 4);
        Trade(1, 5);
        Assert.Equal(["1"], _log.Events);
        Trade(0, 2);
        Trade(0, 3);
        Assert.Equal(["1", "2", "3", "4", "5"], _log.Events);
        Trade(0, 4);
        Trade(1, 6);
        Assert.Equal("6", _log.Events[^1]);
        Assert.Equal(0, _merge.Gaps);
    }

    [Fact]
    public void What_nobody_brings_in_time_is_a_gap_with_its_size()
    {
        Trade(0, 1);
        Trade(1, 1);
        Trade(1, 5);
        Assert.Equal(["1"], _log.Events);
        _time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.Equal(["1"], _log.Events);
        _time.Advance(TimeSpan.FromMilliseconds(51));
        Assert.Equal(["1", "gap 3 1-5", "5"], _log.Events);
        Trade(0, 2);
        Trade(0, 5);
        Trade(0, 6);
        Assert.Equal(["1", "gap 3 1-5", "5", "6"], _log.Events);
    }

    [Fact]
    public void What_waits_for_a_leg_that_dies_waits_no_longer()
    {
        Trade(0, 1);
        Trade(1, 1);
        Trade(1, 5);
        _merge.OnUp(0, false);
        Assert.Equal(["1", "gap 3 1-5", "5"], _log.Events);
    }

    [Fact]
    public void With_one_leg_left_nothing_waits()
    {
        Trade(0, 1);
        _merge.OnUp(1, false);
        Trade(0, 2);
        Trade(0, 9);
        Assert.Equal(["1", "2", "gap 6 2-9", "9"], _log.Events);
    }

    [Fact]
    public void Streams_that_only_rise_join_where_their_numbers_meet()
    {
        Book(0, 10);
        Book(0, 20);
        Book(1, 20);
        Book(1, 30);
        Book(0, 30);
        _merge.OnGap(1, new Gap(s_btc, BinanceChannels.BookTicker, GapCause.Reconnected, 0, 0, -1));
        Book(1, 50);
        Book(1, 60);
        Book(0, 40);
        Book(0, 50);
        Assert.Equal(["10", "20", "30", "40", "50", "60"], _log.Events);
        Assert.Equal(0, _merge.Gaps);
    }

    [Fact]
    public void A_venue_that_counts_anew_is_told_once_and_the_leg_that_does_not_yet_is_held_back()
    {
        Trade(0, 900_000_000);
        Trade(1, 900_000_000);
        Trade(0, 1);
        Trade(1, 900_000_001);
        Trade(0, 2);
        Trade(1, 1);
        Trade(1, 2);
        Trade(1, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("900000000", _log.Events[0]);
        Assert.StartsWith("gap -1 900000000-", _log.Events[1], StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], _log.Events.Skip(2).Where(e => !e.Contains("gap", StringComparison.Ordinal)).Take(3));
    }

    [Fact]
    public void A_stream_that_only_rises_and_counts_anew_does_not_take_the_other_legs_old_numbers_for_newer_ones()
    {
        Book(0, 900_000_000);
        Book(1, 900_000_000);
        Book(0, 10);
        Book(1, 900_000_005);
        Book(0, 11);
        Assert.Equal(["900000000", "gap -1 900000000-10", "10", "11"], _log.Events);
    }

    [Fact]
    public void Ticks_without_numbers_come_from_the_first_leg_that_is_up()
    {
        Unnumbered(0, 1);
        Unnumbered(1, 1);
        Unnumbered(1, 2);
        Assert.Equal(["1"], _log.Events);
        _merge.OnUp(0, false);
        Unnumbered(1, 3);
        _merge.OnUp(0, true);
        Unnumbered(1, 4);
        Unnumbered(0, 4);
        Assert.Equal(["1", "3", "4"], _log.Events);
    }

    [Fact]
    public void What_every_leg_has_gone_past_is_waited_for_no_longer()
    {
        Trade(0, 1);
        Trade(1, 1);
        Trade(1, 5);
        Trade(0, 7);
        Assert.Equal(["1", "gap 3 1-5", "5"], _log.Events);
        Trade(1, 6);
        Assert.Equal(["1", "gap 3 1-5", "5", "6", "7"], _log.Events);
    }

    [Fact]
    public void Only_so_many_wait()
    {
        using LegMerge<BinanceProtocol, Log> merge = Merge(2, new LegOptions { Line = new LineOptions { TimeProvider = _time }, HoldLimit = 3 });
        Trade(merge, 0, 1);
        Trade(merge, 1, 5);
        Trade(merge, 1, 7);
        Assert.Equal(["1"], _log.Events);
        Trade(merge, 1, 9);
        Assert.Equal(["1", "gap 3 1-5", "5"], _log.Events);
    }

    [Fact]
    public void What_waits_for_what_waits_follows_at_once()
    {
        using LegMerge<BinanceProtocol, Log> merge = Merge(3, new LegOptions { Line = new LineOptions { TimeProvider = _time } });
        Trade(merge, 0, 1);
        Trade(merge, 0, 6);
        Trade(merge, 1, 5);
        for (int id = 2; id <= 4; id++)
        {
            Trade(merge, 2, id);
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6"], _log.Events);
    }

    [Fact]
    public void A_lag_is_measured_where_both_bring_the_same_tick()
    {
        for (int id = 1; id <= 100; id++)
        {
            Trade(0, id);
            _time.Advance(TimeSpan.FromMilliseconds(7));
            Trade(1, id);
        }

        (_, long repeats, TimeSpan lag, long samples) = _merge.Read(1, startsOver: true);
        Assert.Equal((100, 100), (repeats, samples));
        Assert.InRange(lag.TotalMilliseconds, 6.9, 7.2);
        Assert.Equal(0, _merge.Read(1, startsOver: false).Samples);
    }

    [Fact]
    public void A_lag_is_that_of_the_tick_delivered_last_or_unknown_and_none_at_all_counts_too()
    {
        Trade(0, 1);
        Trade(0, 2);
        Trade(1, 1);
        Assert.Equal((1, 0), (_merge.Read(1, startsOver: false).Repeats, _merge.Read(1, startsOver: false).Samples));
        Trade(1, 2);
        Assert.Equal((2, TimeSpan.Zero, 1), (_merge.Read(1, startsOver: false).Repeats, _merge.Read(1, startsOver: false).MedianLag, _merge.Read(1, startsOver: false).Samples));
    }

    [Fact]
    public void A_handler_that_throws_costs_its_own_tick()
    {
        _log.Throws = true;
        Trade(0, 1);
        _log.Throws = false;
        Trade(1, 2);
        Assert.Equal((1, 2), (_merge.HandlerFaults, _merge.Ticks));
    }

    /// <summary>
    /// Two legs bring the same numbered stream, each in its order, each losing some stretches of it (and saying so): what is delivered is in order, once, and complete except for
    /// what both have lost, which markers tell exactly.
    /// </summary>
    [Fact]
    public void Whatever_two_legs_lose_and_however_they_interleave_nothing_is_missing_that_either_has_brought()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var log = new Log();
            var time = new ManualTimeProvider();
            using var merge = new LegMerge<BinanceProtocol, Log>(2, log, new LegOptions { Line = new LineOptions { TimeProvider = time } });
            merge.OnUp(0, true);
            merge.OnUp(1, true);
            const int Count = 200;
            bool[][] lost = [Losses(random, Count), Losses(random, Count)];
            int[] at = [1, 1];
            while (at[0] <= Count || at[1] <= Count)
            {
                int leg = at[0] > Count ? 1 : at[1] > Count ? 0 : random.Next(2);
                int id = at[leg]++;
                if (lost[leg][id])
                {
                    continue;
                }

                if (id > 1 && lost[leg][id - 1])
                {
                    merge.OnGap(leg, new Gap(s_btc, BinanceChannels.Trade, GapCause.Reconnected, 0, 0, -1));
                }

                merge.OnTick(leg, Tick(BinanceChannels.Trade, $"{{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BTCUSDT\",\"t\":{id},\"p\":\"0.001\",\"q\":\"100\",\"T\":1672515782136,\"m\":true,\"M\":true}}", time));
            }

            // All that either has is in; what still waits, waits for what neither has.
            time.Advance(TimeSpan.FromSeconds(1));
            long last = 0;
            long announced = 0;
            foreach (string e in log.Events)
            {
                if (e.StartsWith("gap", StringComparison.Ordinal))
                {
                    announced = long.Parse(e.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
                    continue;
                }

                long id = long.Parse(e, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(last == 0 || id == last + 1 + announced, $"seed {seed}: {id} after {last} with {announced} announced");

                // A stream begins with whatever was delivered first: a leg that has lost its very beginning may be the one to come first.
                for (long missing = last == 0 ? id : last + 1; missing < id; missing++)
                {
                    Assert.True(lost[0][missing] && lost[1][missing], $"seed {seed}: {missing} was brought and is missing");
                }

                last = id;
                announced = 0;
            }
        }).QuickCheckThrowOnFailure();
    }

    private static bool[] Losses(Random random, int count)
    {
        var lost = new bool[count + 1];
        for (int i = 0; i < 4; i++)
        {
            int from = random.Next(1, count);
            Array.Fill(lost, true, from, Math.Min(random.Next(1, 20), count - from));
        }

        return lost;
    }

    private static Tick Tick(PerfConn.Protocol.TickChannel channel, string payload, TimeProvider time) => new(s_btc, channel, Encoding.UTF8.GetBytes(payload), time.GetTimestamp());

    private LegMerge<BinanceProtocol, Log> Merge(int legs, LegOptions options)
    {
        var merge = new LegMerge<BinanceProtocol, Log>(legs, _log, options);
        for (int leg = 0; leg < legs; leg++)
        {
            merge.OnUp(leg, true);
        }

        return merge;
    }

    /// <summary>A channel that the venue does not number.</summary>
    private void Unnumbered(int leg, long id) => _merge.OnTick(leg, Tick(new PerfConn.Protocol.TickChannel(5), $"{{\"u\":{id},\"s\":\"BTCUSDT\"}}", _time));

    private void Trade(int leg, long id) => Trade(_merge, leg, id);

    private void Trade(LegMerge<BinanceProtocol, Log> merge, int leg, long id) => merge.OnTick(leg, Tick(
        BinanceChannels.Trade,
        $"{{\"e\":\"trade\",\"E\":1672515782136,\"s\":\"BTCUSDT\",\"t\":{id},\"p\":\"0.001\",\"q\":\"100\",\"T\":1672515782136,\"m\":true,\"M\":true}}",
        _time));

    private void Book(int leg, long id) => _merge.OnTick(leg, Tick(
        BinanceChannels.BookTicker, $"{{\"u\":{id},\"s\":\"BTCUSDT\",\"b\":\"25.35190000\",\"B\":\"31.21000000\",\"a\":\"25.36520000\",\"A\":\"40.66000000\"}}", _time));

    private sealed class Log : ITickHandler
    {
        public List<string> Events { get; } = [];

        public bool Throws { get; set; }

        public void OnTick(in Tick tick)
        {
            if (Throws)
            {
                throw new InvalidOperationException("mine");
            }

            string text = Encoding.UTF8.GetString(tick.Payload);
            int at = text.IndexOf(tick.Channel == BinanceChannels.Trade ? "\"t\":" : "\"u\":", StringComparison.Ordinal) + 4;
            Events.Add(text[at..text.IndexOf(',', at)]);
        }

        public void OnGap(in Gap gap) => Events.Add($"gap {gap.Lost} {gap.LastSequence}-{gap.NextSequence}");
    }
}
