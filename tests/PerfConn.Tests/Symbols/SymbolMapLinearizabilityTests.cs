using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using PerfConn.Symbols;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Symbols;

/// <summary>
/// Threads meet on a few keys of a small map that grows, over many short rounds, and what they saw is checked for linearisability. Maps that are wrong on purpose show that the
/// check finds what it is there for.
/// </summary>
public sealed class SymbolMapLinearizabilityTests(ITestOutputHelper output)
{
    private const int Threads = 4;
    private const int Rounds = 300;
    private const int Keys = 12;
    private const int Operations = 120;

    /// <summary>The maps' own seed: with it the symbols below all belong to one shard.</summary>
    private const ulong MapSeed = 42;

    /// <summary>A shard of 16 slots grows when the 11th is claimed: with these in it, at the sixth of the keys.</summary>
    private const int Residents = 5;

    /// <summary>Short and long names, both kinds of slot and both ways of finding one; all in one shard, so that it grows while they meet in it.</summary>
    private static readonly byte[][] s_symbols =
    [
        .. Enumerable.Range(0, int.MaxValue)
            .Select(i => Encoding.ASCII.GetBytes(i % 3 == 0 ? $"A-RATHER-LONG-SYMBOL-{i}" : $"S{i:D4}"))
            .Where(symbol => new SymbolKey(symbol, new SymbolHasher(MapSeed), ignoreCase: false).Hash >> 60 == 0)
            .Take(Keys + Residents),
    ];

    private delegate int Asked(MapOperationKind kind, int thread, int key);

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    public void Every_history_of_the_map_is_linearisable(ulong seed)
    {
        int changes = 0;
        int overlaps = 0;
        foreach ((int round, MapOperation[] history) in Histories(seed, Real))
        {
            string? violation = MapHistory.Violation(history);
            Assert.True(violation is null, $"seed {seed}, round {round}: {violation}");
            MapOperation[] inOrder = [.. history.OrderBy(operation => operation.Start)];
            changes += inOrder.Zip(inOrder.Skip(1)).Count(pair => pair.First.Thread != pair.Second.Thread);
            overlaps += inOrder.Zip(inOrder.Skip(1)).Count(pair => pair.First.End >= pair.Second.Start);
        }

        output.WriteLine($"seed {seed}: {Rounds} rounds of {Threads} threads, {changes} changes from one to another, {overlaps} operations that overlapped with the one before");
        Assert.True(changes > Rounds * Threads, "the threads worked one after the other, so nothing was shown");
    }

    /// <summary>Each thread keeps what it has read, also that there was nothing: right for ids, wrong for their absence.</summary>
    [Fact]
    public void A_cache_of_what_was_not_there_is_found_out() => AssertFoundOut("a stale read", () =>
    {
        Asked map = Real();
        int?[][] seen = [.. Enumerable.Range(0, Threads).Select(_ => new int?[Keys])];
        return (kind, thread, key) => kind == MapOperationKind.Find ? seen[thread][key] ??= map(kind, thread, key) : map(kind, thread, key);
    });

    /// <summary>Look, then add, with nothing that holds the two together: two threads give one key two ids.</summary>
    [Fact]
    public void An_add_that_is_not_atomic_is_found_out() => AssertFoundOut("one key, two ids", () =>
    {
        int next = 0;
        var ids = new ConcurrentDictionary<int, int>();
        return (kind, _, key) =>
        {
            if (kind == MapOperationKind.Count)
            {
                return Volatile.Read(ref next);
            }

            if (ids.TryGetValue(key, out int id) || kind == MapOperationKind.Find)
            {
                return ids.TryGetValue(key, out id) ? id : -1;
            }

            Thread.Yield();
            return ids[key] = Interlocked.Increment(ref next) - 1;
        };
    });

    [Fact]
    public void A_count_that_lags_behind_is_found_out() => AssertFoundOut("a count out of bounds", () =>
    {
        Asked map = Real();
        return (kind, thread, key) => kind == MapOperationKind.Count ? Math.Max(0, map(kind, thread, key) - 1) : map(kind, thread, key);
    });

    /// <summary>Small histories by hand: each rule by itself, at its edge.</summary>
    [Fact]
    public void The_check_knows_right_from_wrong()
    {
        MapOperation added = new(0, MapOperationKind.GetOrAdd, 7, 0, 10, 20);
        Assert.Null(MapHistory.Violation([]));
        Assert.Null(MapHistory.Violation([added, new(1, MapOperationKind.Find, 7, -1, 20, 30), new(2, MapOperationKind.Find, 7, 0, 11, 20)]));
        AssertWrong("a stale read", added, new(1, MapOperationKind.Find, 7, -1, 21, 30));
        AssertWrong("a stale read", added, new(2, MapOperationKind.Find, 7, 0, 11, 12), new(1, MapOperationKind.Find, 7, -1, 13, 14));
        AssertWrong("two ids", added, new(1, MapOperationKind.GetOrAdd, 7, 1, 10, 20));
        AssertWrong("the same id", added, new(1, MapOperationKind.GetOrAdd, 8, 0, 10, 20));
        AssertWrong("without an id", new MapOperation(1, MapOperationKind.GetOrAdd, 8, -1, 10, 20));

        Assert.Null(MapHistory.Violation([added, new(1, MapOperationKind.Count, -1, 1, 10, 12), new(1, MapOperationKind.Count, -1, 1, 21, 22)]));
        Assert.Null(MapHistory.Violation([added, new(1, MapOperationKind.Count, -1, 0, 20, 22)]));
        AssertWrong("out of bounds", added, new(1, MapOperationKind.Count, -1, 0, 21, 22));
        AssertWrong("out of bounds", added, new(1, MapOperationKind.Count, -1, 1, 8, 9));
        AssertWrong("that fell", added, new(1, MapOperationKind.Count, -1, 1, 10, 12), new(2, MapOperationKind.Count, -1, 0, 13, 14));
    }

    private static void AssertWrong(string how, params MapOperation[] history) => Assert.Contains(how, MapHistory.Violation(history), StringComparison.Ordinal);

    private void AssertFoundOut(string how, Func<Asked> wrong)
    {
        const ulong Seed = 11;
        foreach ((int round, MapOperation[] history) in Histories(Seed, wrong))
        {
            if (MapHistory.Violation(history) is { } violation && violation.Contains(how, StringComparison.Ordinal))
            {
                output.WriteLine($"seed {Seed}, round {round}: {violation}");
                return;
            }
        }

        Assert.Fail($"no round of seed {Seed} showed {how}");
    }

    /// <summary>A map with a shard that is about to grow. The count is told without those that were there before.</summary>
    private static Asked Real()
    {
        var map = new SymbolMap(capacity: 0, seed: MapSeed);
        Assert.All(s_symbols.Skip(Keys), symbol => map.GetOrAdd(symbol));
        return (kind, _, key) => kind switch
        {
            MapOperationKind.Find => map.Find(s_symbols[key]).Value,
            MapOperationKind.GetOrAdd => map.GetOrAdd(s_symbols[key]).Value,
            _ => map.Count - Residents,
        };
    }

    /// <summary>The rounds one after the other, each on a new map; the threads live as long as they do and meet before each.</summary>
    private static IEnumerable<(int Round, MapOperation[] History)> Histories(ulong seed, Func<Asked> newMap)
    {
        var maps = Enumerable.Range(0, Rounds).Select(_ => newMap()).ToArray();
        var histories = new MapOperation[Threads][][];
        int arrived = 0;
        var threads = new ThreadGroup();
        for (int thread = 0; thread < Threads; thread++)
        {
            int me = thread;
            histories[me] = new MapOperation[Rounds][];
            threads.Add(() =>
            {
                var random = new SplitMix((seed * 1000) + (ulong)me);
                for (int round = 0; round < Rounds; round++)
                {
                    Interlocked.Increment(ref arrived);
                    Await(() => Volatile.Read(ref arrived) >= Threads * (round + 1));
                    histories[me][round] = Round(maps[round], me, random);
                }
            });
        }

        threads.Run();
        return Enumerable.Range(0, Rounds).Select(round => (round, histories.SelectMany(mine => mine[round]).ToArray()));
    }

    /// <summary>Stays runnable: a round is over sooner than a thread that sleeps wakes up.</summary>
    private static void Await(Func<bool> othersCame)
    {
        long start = Stopwatch.GetTimestamp();
        while (!othersCame())
        {
            Thread.Yield();
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "the other threads did not come");
        }
    }

    private static MapOperation[] Round(Asked map, int thread, SplitMix random)
    {
        var mine = new MapOperation[Operations];
        for (int i = 0; i < Operations; i++)
        {
            // Few adds among many reads, and keys that become known one after the other, so that reads and first adds of a key meet.
            MapOperationKind kind = random.Below(8) switch { 0 or 1 => MapOperationKind.GetOrAdd, 2 => MapOperationKind.Count, _ => MapOperationKind.Find };
            int key = kind == MapOperationKind.Count ? -1 : Math.Min(Keys - 1, (i * Keys / Operations) + random.Below(2));
            if (random.OneIn(16))
            {
                // So that threads take turns on a machine with one processor, or a busy one.
                Thread.Yield();
            }

            long start = Stopwatch.GetTimestamp();
            int result = map(kind, thread, key);
            mine[i] = new MapOperation(thread, kind, key, result, start, Stopwatch.GetTimestamp());
        }

        return mine;
    }
}
