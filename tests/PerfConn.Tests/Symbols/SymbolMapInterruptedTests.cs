using System.Runtime.CompilerServices;
using System.Text;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Symbols;

/// <summary>A thread stopped in the middle of an add, by hand: its slot is claimed, and nothing else has happened.</summary>
public class SymbolMapInterruptedTests
{
    private const ulong Seed = 7;

    [Fact]
    public void Lookups_pass_a_slot_that_is_claimed_and_not_published()
    {
        (byte[] first, byte[] second) = Neighbours();
        var map = new SymbolMap(capacity: 0, seed: Seed);
        Claim(map, first);

        Assert.Equal(SymbolId.None, map.Find(first));
        Assert.Equal(0, map.GetOrAdd(second).Value);
        Assert.Equal(0, map.Find(second).Value);
        Assert.Equal(SymbolId.None, map.Find(first));
    }

    [Fact]
    public void The_next_thread_with_that_symbol_finishes_the_add()
    {
        (byte[] first, _) = Neighbours();
        var map = new SymbolMap(capacity: 0, seed: Seed);
        SymbolEntry entry = Claim(map, first);

        Assert.Equal(0, map.GetOrAdd(first).Value);
        Assert.Equal(0, map.Find(first).Value);
        Assert.Equal(0, entry.Id);
        Assert.Single(map);
    }

    [Fact]
    public void A_growing_shard_takes_the_unfinished_add_along()
    {
        (byte[] first, _) = Neighbours();
        var map = new SymbolMap(capacity: 0, seed: Seed);
        Claim(map, first);
        for (int i = 0; i < 1000; i++)
        {
            map.GetOrAdd($"OTHER{i}");
        }

        SymbolId id = map.Find(first);
        Assert.True(id.IsValid, "the growth assigned no id to a claimed entry");
        Assert.Equal(Encoding.ASCII.GetString(first), map.NameOf(id));
        Assert.Equal(1001, map.Count);
    }

    /// <summary>Two symbols with the same home slot in a table of 16.</summary>
    private static (byte[] First, byte[] Second) Neighbours()
    {
        byte[] first = "SYMBOL-0"u8.ToArray();
        for (int i = 1; ; i++)
        {
            byte[] second = Encoding.ASCII.GetBytes($"SYMBOL-{i}");
            if (Hash(second) >> 60 == Hash(first) >> 60 && (Hash(second) & 15) == (Hash(first) & 15))
            {
                return (first, second);
            }
        }
    }

    private static ulong Hash(byte[] symbol) => new SymbolKey(symbol, new SymbolHasher(Seed), ignoreCase: false).Hash;

    private static SymbolEntry Claim(SymbolMap map, byte[] symbol)
    {
        var key = new SymbolKey(symbol, new SymbolHasher(Seed), ignoreCase: false);
        var entry = new SymbolEntry(symbol, key.Low, key.High, key.Hash);
        SymbolSlot[] slots = Shards(map)[(int)(key.Hash >> 60)];
        Assert.Equal(16, slots.Length);
        slots[(int)(key.Hash & 15)].Entry = entry;
        return entry;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_shards")]
    private static extern ref InlineArray16<SymbolSlot[]> Shards(SymbolMap map);
}
