using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using PerfConn.Tests;
using PerfConn.Tests.Framing;

namespace PerfConn.Fuzz;

/// <summary>
/// RELIABILITY D07: every input of the corpus cut at every place and byte by byte, then mutations of them cut at random, until so many ways of cutting have been tried.
/// Each is fed as segments, as reads in one piece and as reads in segments.
/// </summary>
internal static class CutPlans
{
    private const int PlansPerInput = 20;

    /// <summary>Runs plans, as many for each target; gives 0, or 1 when two ways of cutting have given two outcomes.</summary>
    public static int Run(IReadOnlyList<ICutTarget> targets, Func<string, IReadOnlyList<byte[]>> corpus, long count, int seed)
    {
        long total = 0;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < targets.Count; i++)
        {
            ICutTarget target = targets[i];
            long share = (count * (i + 1) / targets.Count) - (count * i / targets.Count);
            try
            {
                (long exhaustive, long random) = Run(target, corpus(target.Name), share, seed);
                total += exhaustive + random;
                Console.WriteLine($"{target.Name}: {exhaustive} plans at every place, {random} at random, all the same");
            }
            catch (FeedingException e)
            {
                Console.Error.WriteLine($"{target.Name}: seed {seed}: {e.Message}");
                return 1;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} cut plans, seed {seed}, {watch.Elapsed.TotalSeconds:0} s: every cut gives the same"));
        return 0;
    }

    private static (long Exhaustive, long Random) Run(ICutTarget target, IReadOnlyList<byte[]> inputs, long count, int seed)
    {
        long exhaustive = 0;
        foreach (byte[] input in inputs)
        {
            target.FeedEveryWay(input, length => Counted(EveryPlace(length), ref exhaustive));
        }

        long random = 0;
        var mutator = new Mutator(seed, inputs);
        var cuts = new SplitMix((ulong)seed);
        while (exhaustive + random < count)
        {
            target.FeedEveryWay(mutator.Next(), length => Counted([.. Enumerable.Range(0, PlansPerInput).Select(_ => Cuts.Random(length, cuts))], ref random));
        }

        return (exhaustive, random);
    }

    /// <summary>An input too long to be cut everywhere is cut near its ends.</summary>
    private static int[][] EveryPlace(int length) =>
        length <= 4096 ? [.. Cuts.InTwo(length), Cuts.OneByte(length)] : [.. Cuts.InTwoNearTheEnds(length, margin: 64)];

    private static int[][] Counted(int[][] plans, ref long count)
    {
        count += plans.Length;
        return plans;
    }
}
