using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text;
using System.Threading;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Symbols;

/// <summary>Many threads on one small map that has to grow all the time. More threads than processors, so that they are stopped in the middle of things.</summary>
public class SymbolMapConcurrencyTests
{
    private const int Writers = 6;
    private const int Symbols = 20_000;

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    public void Writers_agree_and_readers_see_what_was_added(ulong seed)
    {
        byte[][] symbols = Enumerable.Range(0, Symbols).Select(i => Encoding.ASCII.GetBytes(Name(i))).ToArray();
        var map = new SymbolMap(ignoreCase: true, capacity: 0);
        int[] added = Enumerable.Repeat(-1, Symbols).ToArray();
        var ids = new int[Writers][];
        int running = Writers;
        var threads = new ThreadGroup();
        for (int writer = 0; writer < Writers; writer++)
        {
            int me = writer;
            threads.Add(() =>
            {
                int[] order = Shuffled(new SplitMix(seed + (ulong)me));
                ids[me] = new int[Symbols];
                foreach (int i in order)
                {
                    ids[me][i] = map.GetOrAdd(symbols[i]).Value;
                    Volatile.Write(ref added[i], ids[me][i]);
                }

                Interlocked.Decrement(ref running);
            });
        }

        for (int reader = 0; reader < 2; reader++)
        {
            var random = new SplitMix(seed + 100 + (ulong)reader);
            threads.Add(() =>
            {
                while (Volatile.Read(ref running) > 0)
                {
                    int i = random.Below(Symbols);
                    int known = Volatile.Read(ref added[i]);
                    int found = map.Find(symbols[i]).Value;
                    Assert.True(known < 0 ? found is -1 || map.NameOf(new SymbolId(found)) == Name(i) : found == known, $"{Name(i)}: added as {known}, found as {found}");
                    int last = map.Count - 1;
                    Assert.True(last < 0 || map.BytesOf(new SymbolId(last)).Length > 0);
                }
            });
        }

        threads.Run();

        Assert.Equal(Symbols, map.Count);
        Assert.Equal(Enumerable.Range(0, Symbols), ids[0].Order());
        Assert.All(ids, mine => Assert.Equal(ids[0], mine));
        Assert.All(Enumerable.Range(0, Symbols), i => Assert.Equal(Name(i), map.NameOf(map.Find(symbols[i]))));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void The_bound_holds_when_all_arrive_at_once(ulong seed)
    {
        const int Max = 1000;
        var map = new SymbolMap(capacity: 0, maxSymbols: Max);
        var given = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var threads = new ThreadGroup();
        for (int writer = 0; writer < Writers; writer++)
        {
            var random = new SplitMix(seed + (ulong)writer);
            threads.Add(() =>
            {
                for (int i = 0; i < 5 * Max; i++)
                {
                    string name = Name(random.Below(3 * Max));
                    int id = map.GetOrAdd(name).Value;
                    if (id >= 0)
                    {
                        Assert.Equal(id, given.GetOrAdd(name, id));
                    }
                    else
                    {
                        Assert.Equal(Max, map.Count);
                    }
                }
            });
        }

        threads.Run();

        Assert.Equal(Max, map.Count);
        Assert.Equal(Enumerable.Range(0, Max), given.Values.Order());
        Assert.All(Enumerable.Range(0, 3 * Max).Select(Name), name => Assert.Equal(given.TryGetValue(name, out int id) ? id : -1, map.GetOrAdd(name).Value));
    }

    [Fact]
    public void The_directory_appends_an_entry_once_whoever_helps()
    {
        for (int round = 0; round < 200; round++)
        {
            var directory = new SymbolDirectory(5000);
            SymbolEntry[] entries = Enumerable.Range(0, 20).Select(_ => new SymbolEntry([1], 0, 0, 0)).ToArray();
            var threads = new ThreadGroup();
            for (int helper = 0; helper < 4; helper++)
            {
                threads.Add(() => Assert.All(entries, entry => Assert.Equal(directory.Assign(entry), entry.Id)));
            }

            threads.Run();
            Assert.Equal(20, directory.Count);
            Assert.Equal(Enumerable.Range(0, 20), entries.Select(entry => entry.Id).Order());
            Assert.All(entries, entry => Assert.Same(entry, directory[entry.Id]));
        }
    }

    /// <summary>Short and long names: both kinds of slot.</summary>
    private static string Name(int i) => i % 5 == 0 ? $"A-RATHER-LONG-SYMBOL-{i}" : $"S{i}";

    private static int[] Shuffled(SplitMix random)
    {
        int[] order = Enumerable.Range(0, Symbols).ToArray();
        for (int i = Symbols - 1; i > 0; i--)
        {
            int j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
