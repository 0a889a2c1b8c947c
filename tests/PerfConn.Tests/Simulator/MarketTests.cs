using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PerfConn.Simulator.Limits;
using PerfConn.Simulator.Market;
using PerfConn.Simulator.Sessions;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed class MarketTests
{
    [Fact]
    public void Digits_are_those_that_the_framework_writes()
    {
        Span<byte> text = stackalloc byte[8];
        foreach (uint value in Enumerable.Range(0, 100_000).Select(i => (uint)i * 997).Concat([99_999_999u, 10_000u, 9_999u]))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(text, Digits.Eight(value));
            Assert.Equal(value.ToString("D8", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text));
        }
    }

    [Fact]
    public void Times_are_those_that_the_framework_writes()
    {
        var now = new DateTimeOffset(2026, 7, 21, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Span<byte> text = stackalloc byte[16];
        new TickTime(now, isMicroseconds: false).Write(text);
        Assert.Equal(now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..13]));
        new TickTime(now, isMicroseconds: true).Write(text);
        Assert.Equal("1784595723004005", Encoding.ASCII.GetString(text));
    }

    [Fact]
    public void Symbols_are_distinct_upper_case_and_always_the_same()
    {
        string[] names = SymbolNames.Create(100_000);
        Assert.Equal(100_000, names.Distinct().Count());
        Assert.Equal(["BTCUSDT", "ETHUSDT", "BNBUSDT"], names[..3]);
        Assert.All(names, name => Assert.Matches("^[A-Z]{5,14}$", name));
        Assert.Equal(names[..3000], SymbolNames.Create(3000));
    }

    /// <summary>An id whose text grows by a digit, or carries over from its last eight, must not tear the frame.</summary>
    [Theory]
    [InlineData("bookTicker", "u", 1)]
    [InlineData("trade", "t", 1)]
    [InlineData("depth", "u", 4)]
    public void Ids_carry_over(string kind, string field, int step)
    {
        var walk = new PriceWalk(1);
        var instrument = new Instrument("BTCUSDT", 0, 1, walk);
        long start = kind == "trade" ? instrument.FirstTradeId : instrument.FirstUpdateId;
        foreach (long limit in (long[])[50_100_000_000, 100_000_000_000])
        {
            long first = ((limit - start) / step) - 5;
            var format = new StreamFormat(IsCombined: false, IsMicroseconds: false);
            TickStream stream = kind switch
            {
                "bookTicker" => new BookTickerStream("btcusdt@bookTicker", instrument, format, first),
                "trade" => new TradeStream("btcusdt@trade", instrument, format, first),
                _ => new DepthStream("btcusdt@depth", instrument, format, first),
            };
            var time = new TickTime(DateTimeOffset.UnixEpoch.AddYears(50), isMicroseconds: false);
            var frame = new byte[1024];
            long last = 0;
            for (int i = 0; i < 12; i++)
            {
                int size = stream.Render(frame, time);
                int header = frame[1] == 126 ? 4 : 2;
                Assert.Equal(size - header, frame[1] == 126 ? BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)) : frame[1]);
                long id = JsonDocument.Parse(frame.AsMemory(header, size - header)).RootElement.GetProperty(field).GetInt64();
                Assert.True(last == 0 || id == last + step);
                last = id;
            }

            Assert.True(last >= limit);
        }
    }

    [Fact]
    public void Rendering_allocates_nothing()
    {
        var market = new SimulatedMarket(100, 1);
        var subscriptions = new PerfConn.Simulator.Sessions.Subscriptions(market, new StreamFormat(IsCombined: true, IsMicroseconds: true));
        foreach (string symbol in market.Symbols)
        {
            foreach (string kind in (string[])["bookTicker", "trade", "depth"])
            {
                subscriptions.Add($"{symbol.ToLowerInvariant()}@{kind}");
            }
        }

        var buffer = new byte[64 * 1024];
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);
        subscriptions.Render(buffer, 100_000, now);
        AllocationBudget.AssertZero(() =>
        {
            int ticks = 0;
            for (int i = 0; i < 100; i++)
            {
                ticks += subscriptions.Render(buffer, long.MaxValue, now).Ticks;
            }

            Assert.True(ticks > 20_000);
        });
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(0.5)]
    [InlineData(1_000_000)]
    public void The_pacer_keeps_the_rate(double rate)
    {
        var pacer = new TickPacer(rate, TimeSpan.TicksPerSecond);
        long now = 0;
        long sent = 0;
        while (now < 20 * TimeSpan.TicksPerSecond)
        {
            long due = pacer.Due(now);
            if (due > 0)
            {
                // In two helpings, as when a batch does not fit into one buffer.
                long part = Math.Max(due / 2, 1);
                pacer.Spend(part);
                sent += part;
            }
            else
            {
                now += pacer.UntilNext(now);
            }

            Assert.InRange(sent, (rate * (now - (2 * TimeSpan.TicksPerMillisecond)) / TimeSpan.TicksPerSecond) - 1, rate * now / TimeSpan.TicksPerSecond);
        }
    }

    [Fact]
    public void The_pacer_forgets_what_is_more_than_a_second_late()
    {
        var pacer = new TickPacer(1000, TimeSpan.TicksPerSecond);
        Assert.Equal(0, pacer.Due(0));
        Assert.Equal(1000, pacer.Due(60 * TimeSpan.TicksPerSecond));
        pacer.Spend(1000);
        Assert.Equal(0, pacer.Due(60 * TimeSpan.TicksPerSecond));
        pacer.Stop();
        Assert.Equal(0, pacer.Due(100 * TimeSpan.TicksPerSecond));
        Assert.Equal(long.MaxValue, new TickPacer(0, TimeSpan.TicksPerSecond).Due(0));
        Assert.Equal(long.MaxValue, new TickPacer(double.PositiveInfinity, TimeSpan.TicksPerSecond).Due(0));
    }

    [Fact]
    public void Refused_attempts_do_not_lengthen_the_wait()
    {
        var time = new ManualTimeProvider();
        var window = new RollingWindow(2, TimeSpan.FromSeconds(10), time);
        Assert.True(window.TryEnter(out _));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(window.TryEnter(out _));
        Assert.False(window.TryEnter(out TimeSpan wait));
        Assert.Equal(TimeSpan.FromSeconds(6), wait);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(window.TryEnter(out _));
        Assert.False(window.TryEnter(out wait));
        Assert.Equal(TimeSpan.FromSeconds(4), wait);
    }
}
