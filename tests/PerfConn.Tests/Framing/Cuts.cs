using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Tests.Framing;

/// <summary>Ways to cut a script of bytes: ascending positions, none at its ends.</summary>
internal static class Cuts
{
    /// <summary>Every byte for itself.</summary>
    public static int[] OneByte(int length) => Enumerable.Range(1, length < 1 ? 0 : length - 1).ToArray();

    /// <summary>Every cut in two.</summary>
    public static IEnumerable<int[]> InTwo(int length) => OneByte(length).Select(cut => new[] { cut });

    /// <summary>Cuts in two near the ends only: for scripts too long to be cut everywhere.</summary>
    public static IEnumerable<int[]> InTwoNearTheEnds(int length, int margin = 24) =>
        InTwo(length).Where(cut => cut[0] <= margin || cut[0] >= length - margin);

    /// <summary>Random pieces, short ones and long ones mixed; never so many that a long script takes a second.</summary>
    public static int[] Random(int length, SplitMix random)
    {
        int longest = length <= 2000 ? random.Pick(2, 5, 20, 200) : length / random.Pick(2, 10, 100);
        var cuts = new List<int>();
        for (int cut = 1 + random.Below(longest); cut < length; cut += 1 + random.Below(longest))
        {
            cuts.Add(cut);
        }

        return [.. cuts];
    }

    /// <summary>One-byte pieces, every cut in two and some random ones.</summary>
    public static IEnumerable<int[]> Every(int length, SplitMix random)
    {
        IEnumerable<int[]> inTwo = length <= 320 ? InTwo(length).Prepend(OneByte(length)) : InTwoNearTheEnds(length);
        return inTwo.Concat(Enumerable.Range(0, 12).Select(_ => Random(length, random)));
    }
}
