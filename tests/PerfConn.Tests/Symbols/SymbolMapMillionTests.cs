using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PerfConn.Symbols;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Symbols;

/// <summary>A million symbols, more than all venues together list: the map grows from nothing to them, keeps every one, and stops where it was told to.</summary>
public sealed class SymbolMapMillionTests(ITestOutputHelper output)
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_million_symbols_are_added_and_found_by_their_bytes(bool ignoreCase)
    {
        var map = new SymbolMap(ignoreCase, capacity: 0, maxSymbols: Million);
        var bytes = new byte[SymbolMap.MaxSymbolLength];
        for (int i = 0; i < Million; i++)
        {
            int id = map.GetOrAdd(Symbol(i, i % 2 == 0, bytes)).Value;
            Assert.True(id == i, $"symbol {i} got id {id}");
        }

        Assert.Equal(Million, map.Count);
        Assert.Equal(SymbolId.None, map.GetOrAdd("ONE-TOO-MANY"u8));

        // Dense and in the order in which they came, so unique as well. Asked for in the same case, in the other one, and once more by adding.
        for (int i = 0; i < Million; i++)
        {
            bool upper = i % 2 == 0;
            int same = map.Find(Symbol(i, upper, bytes)).Value;
            int other = map.Find(Symbol(i, !upper, bytes)).Value;
            int again = map.GetOrAdd(Symbol(i, upper, bytes)).Value;
            Assert.True(same == i && other == (ignoreCase ? i : -1) && again == i, $"symbol {i}: found as {same}, in the other case as {other}, added again as {again}");
        }

        Assert.Equal(Million, map.Count);
        Assert.InRange(map.LongestProbe(), 1, 200);
    }

    [Fact]
    public void A_million_symbols_are_walked_over_in_order_and_each_has_its_name()
    {
        var map = new SymbolMap(ignoreCase: true, capacity: Million);
        var bytes = new byte[SymbolMap.MaxSymbolLength];
        for (int i = 0; i < Million; i++)
        {
            map.GetOrAdd(Symbol(i, upper: false, bytes));
        }

        int next = 0;
        foreach (KeyValuePair<SymbolId, string> pair in map)
        {
            ReadOnlySpan<byte> symbol = Symbol(next, upper: true, bytes);
            Assert.True(
                pair.Key.Value == next && map.BytesOf(pair.Key).SequenceEqual(symbol) && pair.Value == Encoding.ASCII.GetString(symbol),
                $"place {next} has id {pair.Key} and name {pair.Value}");
            next++;
        }

        Assert.Equal(Million, next);
    }

    /// <summary>What the README beside the map says a symbol costs, with the room that a table has just after it has grown.</summary>
    [Fact]
    public void A_million_symbols_cost_a_bounded_number_of_bytes_and_a_bounded_number_more_to_grow_to()
    {
        SymbolMap map = null!;
        var bytes = new byte[SymbolMap.MaxSymbolLength];
        long before = GC.GetAllocatedBytesForCurrentThread();
        map = new SymbolMap(capacity: 0);
        for (int i = 0; i < Million; i++)
        {
            map.GetOrAdd(Symbol(i, upper: true, bytes));
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Million, map.Count);
        output.WriteLine($"{(double)allocated / Million:F1} bytes allocated for each symbol");
        Assert.InRange(allocated / Million, 100, 300);
    }

    /// <summary>Names of 5 to 11 bytes, and every seventh one too long for a slot's words.</summary>
    private static ReadOnlySpan<byte> Symbol(int i, bool upper, byte[] bytes)
    {
        ReadOnlySpan<byte> prefix = (i % 7, upper) switch
        {
            (0, true) => "A-RATHER-LONG-SYMBOL-"u8,
            (0, false) => "a-rather-long-symbol-"u8,
            (_, true) => "USDT"u8,
            _ => "usdt"u8,
        };
        prefix.CopyTo(bytes);
        Assert.True(i.TryFormat(bytes.AsSpan(prefix.Length), out int digits, default, CultureInfo.InvariantCulture));
        return bytes.AsSpan(0, prefix.Length + digits);
    }
}
