using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Time;

namespace PerfConn.SimulationTests.Running;

/// <summary>What all parts of one history share: time, chance, the trace, what was found wrong. It also makes time pass.</summary>
internal sealed class World
{
    private readonly Chance _order;

    public World(ulong seed, Planted planted, TextWriter? text)
    {
        Seed = seed;
        Planted = planted;
        Chance = new Chance(seed);
        _order = Chance.Fork();
        Trace = new Trace(Time, text);
        Time.RemembersOrigins = text is not null;
    }

    public ulong Seed { get; }

    /// <summary>The bug that is put in on purpose, to see it found.</summary>
    public Planted Planted { get; }

    public Chance Chance { get; }

    public VirtualTime Time { get; } = new();

    public Trace Trace { get; }

    public Totals Totals { get; } = new();

    public List<Violation> Violations { get; } = [];

    /// <summary>Blocks for all histories of the process: they are 0 between two of them.</summary>
    public static BlockPool Pool { get; } = new(blockSize: 16 * 1024);

    /// <summary>An event that comes within this time of another may overtake what threads have to do for that one (<see cref="Haste"/>).</summary>
    public static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(2);

    /// <summary>One in so many events happens while threads still have work; 0 for never.</summary>
    public int Haste { get; set; }

    public void Violate(string rule, string detail)
    {
        Violations.Add(new Violation(rule, detail, Time.Elapsed));
        Trace.Note("VIOLATION", 0, 0, rule + ": " + detail);
    }

    /// <summary>Lets time pass until the condition holds; false when it does not within the limit.</summary>
    public async Task<bool> RunUntilAsync(Func<bool> isDone, TimeSpan limit)
    {
        TimeSpan end = Time.Elapsed + limit;
        await SettleAsync();
        while (!isDone())
        {
            TimeSpan? next = Time.NextIn();
            if (next is null || Time.Elapsed + next > end)
            {
                return false;
            }

            Time.Take()();
            await SettleOrHurryAsync();
        }

        return true;
    }

    public async Task RunForAsync(TimeSpan span)
    {
        bool isOver = false;
        Time.Schedule(span, () => isOver = true);
        await RunUntilAsync(() => isOver, span);
    }

    /// <summary>Returns when no thread has anything to do: only time can go on. The pool has one thread, and it runs this.</summary>
    public static async Task SettleAsync()
    {
        while (ThreadPool.PendingWorkItemCount > 0)
        {
            await Task.Yield();
        }
    }

    private async Task SettleOrHurryAsync()
    {
        if (!_order.OneIn(Haste) || Time.NextIn() is not { } next || next > Hurry)
        {
            await SettleAsync();
            return;
        }

        // A thread is slow: what comes next overtakes some of its work.
        for (int turns = _order.Below(3); turns > 0 && ThreadPool.PendingWorkItemCount > 0; turns--)
        {
            await Task.Yield();
        }
    }
}
