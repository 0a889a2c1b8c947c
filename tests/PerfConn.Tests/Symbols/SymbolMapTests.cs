using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Symbols;

public class SymbolMapTests
{
    [Fact]
    public void Ids_are_dense_in_order_of_first_sight_and_stay()
    {
        var map = new SymbolMap(capacity: 16);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 5000; i++)
            {
                Assert.Equal(i, map.GetOrAdd($"SYM{i}").Value);
            }
        }

        Assert.Equal(5000, map.Count);
        Assert.All(Enumerable.Range(0, 5000), i => Assert.Equal(i, map.Find(Encoding.ASCII.GetBytes($"SYM{i}")).Value));
    }

    [Fact]
    public void What_was_never_added_is_not_found()
    {
        var map = new SymbolMap();
        map.GetOrAdd("BTCUSDT");

        Assert.Equal(SymbolId.None, map.Find("BTCUSDC"u8));
        Assert.Equal(SymbolId.None, map.Find("BTCUSD"u8));
        Assert.Equal(SymbolId.None, map.Find("BTCUSDTT"u8));
        Assert.Equal(SymbolId.None, map.Find("btcusdt"u8));
        Assert.Single(map);
    }

    [Fact]
    public void Empty_and_too_long_symbols_are_refused()
    {
        var map = new SymbolMap();
        byte[] longest = Encoding.ASCII.GetBytes(new string('X', 64));
        byte[] tooLong = Encoding.ASCII.GetBytes(new string('X', 65));

        Assert.Equal(SymbolId.None, map.GetOrAdd(ReadOnlySpan<byte>.Empty));
        Assert.Equal(SymbolId.None, map.GetOrAdd(string.Empty));
        Assert.Equal(SymbolId.None, map.GetOrAdd(tooLong));
        Assert.Equal(SymbolId.None, map.GetOrAdd(new string('X', 65)));
        Assert.Equal(SymbolId.None, map.GetOrAdd(new string('é', 33)));
        Assert.Equal(SymbolId.None, map.Find(tooLong));
        Assert.Empty(map);
        Assert.Equal(0, map.GetOrAdd(longest).Value);
        Assert.Equal(0, map.Find(longest).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_byte_more_or_one_byte_different_is_another_symbol_at_every_length(bool ignoreCase)
    {
        var map = new SymbolMap(ignoreCase, capacity: 16);
        var model = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int length = 1; length <= 64; length++)
        {
            for (int place = -1; place < length; place++)
            {
                char[] letters = Enumerable.Range(0, length).Select(i => (char)('A' + (i % 26))).ToArray();
                if (place >= 0)
                {
                    letters[place] = '0';
                }

                string symbol = new(letters);
                model[symbol] = map.GetOrAdd(symbol).Value;
            }
        }

        Assert.Equal(model.Count, map.Count);
        Assert.Equal(model.Count, model.Values.Distinct().Count());
        Assert.All(model, pair => Assert.Equal(pair.Value, map.Find(Encoding.ASCII.GetBytes(pair.Key)).Value));
        Assert.All(model, pair => Assert.Equal(pair.Key, map.NameOf(new SymbolId(pair.Value))));
    }

    [Fact]
    public void Zero_bytes_count_as_bytes()
    {
        var map = new SymbolMap();

        Assert.Equal(0, map.GetOrAdd("AB\0"u8).Value);
        Assert.Equal(1, map.GetOrAdd("AB"u8).Value);
        Assert.Equal(2, map.GetOrAdd("ABCD\0\0\0\0"u8).Value);
        Assert.Equal(3, map.GetOrAdd("ABCD"u8).Value);
        Assert.Equal(4, map.GetOrAdd("\0"u8).Value);
        Assert.Equal(5, map.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(64)]
    public void Ignoring_case_folds_ascii_letters_and_nothing_else(int length)
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] symbol = Enumerable.Repeat((byte)value, length).ToArray();
            byte[] upper = symbol.Select(b => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b).ToArray();
            byte[] flipped = symbol.Select(b => (byte)(b ^ 0x20)).ToArray();
            bool letter = char.IsAsciiLetter((char)value);
            var map = new SymbolMap(ignoreCase: true, capacity: 16);
            SymbolId id = map.GetOrAdd(symbol);

            Assert.Equal(upper, map.BytesOf(id).ToArray());
            Assert.Equal(id, map.Find(upper));
            Assert.Equal(letter, map.Find(flipped) == id);
        }
    }

    [Fact]
    public void The_canonical_name_is_upper_case_whoever_came_first()
    {
        var map = new SymbolMap(ignoreCase: true);
        SymbolId first = map.GetOrAdd("btcusdt"u8);

        Assert.Equal(first, map.GetOrAdd("BTCUSDT"));
        Assert.Equal(first, map.Find("BtcUsdT"u8));
        Assert.Equal("BTCUSDT", map.NameOf(first));
        Assert.Single(map);
    }

    [Fact]
    public void Names_are_interned_across_maps()
    {
        var one = new SymbolMap();
        var other = new SymbolMap(ignoreCase: true);

        Assert.Same(one.NameOf(one.GetOrAdd("ETHUSDT")), other.NameOf(other.GetOrAdd("ethusdt")));
    }

    [Fact]
    public void A_full_map_keeps_what_it_has_and_refuses_the_rest()
    {
        var map = new SymbolMap(capacity: 16, maxSymbols: 3);
        map.GetOrAdd("A");
        map.GetOrAdd("B");
        map.GetOrAdd("C");

        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(SymbolId.None, map.GetOrAdd($"D{i}"));
        }

        // Nor does the rest cost memory: a venue that sends random symbols cannot fill the tables.
        byte[] symbol = "E0"u8.ToArray();
        AllocationBudget.AssertZero(() => Assert.True(map.GetOrAdd(symbol) == SymbolId.None && ++symbol[1] > 0));
        Assert.Equal(3, map.Count);
        Assert.Equal(1, map.GetOrAdd("B").Value);
        Assert.Equal(SymbolId.None, map.Find("D0"u8));
    }

    [Fact]
    public void Unknown_ids_have_no_name()
    {
        var map = new SymbolMap();
        map.GetOrAdd("A");

        Assert.Throws<ArgumentOutOfRangeException>(() => map.NameOf(SymbolId.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.NameOf(new SymbolId(1)));
        Assert.Equal("A", map.NameOf(new SymbolId(0)));
    }

    [Fact]
    public void Bounds_are_checked_when_the_map_is_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SymbolMap(capacity: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SymbolMap(maxSymbols: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SymbolMap(maxSymbols: SymbolMap.MaxSymbolsLimit + 1));
        Assert.Equal(1 << 20, new SymbolMap().MaxSymbols);
    }

    [Fact]
    public void Walks_over_all_symbols_in_order_of_id()
    {
        var map = new SymbolMap();
        map.GetOrAdd("B");
        map.GetOrAdd("A");

        Assert.Equal([new(new SymbolId(0), "B"), new(new SymbolId(1), "A")], map.ToArray());
    }

    [Fact]
    public void What_is_known_is_found_without_allocating()
    {
        var map = new SymbolMap(ignoreCase: true, capacity: 16);
        string[] names = Enumerable.Range(0, 3000).Select(i => new string('Q', 1 + (i % 50)) + i).ToArray();
        byte[][] symbols = names.Select(Encoding.ASCII.GetBytes).ToArray();
        Assert.All(symbols, symbol => map.GetOrAdd(symbol));
        long found = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < symbols.Length; i++)
            {
                found += map.Find(symbols[i]).Value + map.GetOrAdd(symbols[i]).Value + map.GetOrAdd(names[i]).Value;
                found += map.Find("NOTTHERE"u8).Value + map.BytesOf(new SymbolId(i)).Length;
            }
        });
        Assert.True(found > 0);
    }
}
