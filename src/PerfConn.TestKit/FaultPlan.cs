using System;

namespace PerfConn.TestKit;

/// <summary>What a <see cref="FaultTransportFactory"/> does to its connections. A plan is a value: print it, and whoever reads it can run it again.</summary>
public sealed record FaultPlan
{
    /// <summary>A plan without faults.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>Seeds whatever the plan leaves to chance (the sizes of slices). Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// The operation that fails, counted from 1 over all connections: connects, reads, flushes, completions of both pipes, disposals, and what the test adds by
    /// <see cref="OperationCounter.Pass"/>; null: none.
    /// </summary>
    public int? FailAtOperation { get; init; }

    /// <summary>The one connection, counted from 1, that the byte faults befall; null: all of them.</summary>
    public int? OnlyConnection { get; init; }

    /// <summary>What befalls the bytes that the client reads.</summary>
    public ByteFaults Read { get; init; } = ByteFaults.None;

    /// <summary>What befalls the bytes that the client writes.</summary>
    public ByteFaults Write { get; init; } = ByteFaults.None;

    /// <summary>Draws a plan with one fault somewhere in the first <paramref name="bytes"/> bytes of either direction.</summary>
    /// <param name="seed">The same seed always draws the same plan.</param>
    /// <param name="bytes">How far into the connection the fault may come, at least 1.</param>
    public static FaultPlan Random(int seed, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        var random = new Random(seed);
        long at = random.Next(bytes);
        ByteFaults faults = random.Next(7) switch
        {
            0 => new ByteFaults { CutAt = at, CutBy = CutKind.HalfClose },
            1 => new ByteFaults { CutAt = at, CutBy = CutKind.Close },
            2 => new ByteFaults { CutAt = at, CutBy = CutKind.Reset },
            3 => new ByteFaults { SwallowFrom = at },
            4 => new ByteFaults { SliceAt = [at + 1] },
            5 => new ByteFaults { SliceAtMost = 1 + random.Next(bytes) },
            _ => new ByteFaults { CorruptAt = at, CorruptMask = (byte)(1 << random.Next(8)) },
        };
        return random.Next(2) == 0 ? new FaultPlan { Seed = seed, Read = faults } : new FaultPlan { Seed = seed, Write = faults };
    }

    /// <summary>The seed and the faults that are set.</summary>
    public override string ToString() =>
        $"seed {Seed}"
        + (FailAtOperation is { } operation ? $"; operation {operation} fails" : "")
        + (OnlyConnection is { } connection ? $"; connection {connection} only" : "")
        + (Read == ByteFaults.None ? "" : $"; read: {Read}")
        + (Write == ByteFaults.None ? "" : $"; write: {Write}");
}
