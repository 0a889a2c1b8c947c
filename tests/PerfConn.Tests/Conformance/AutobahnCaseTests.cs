using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Conformance;

/// <summary>
/// The 301 cases without compression of the Autobahn list (crossbario/autobahn-testsuite), made again from what each one is about: RELIABILITY D01, D03. Each runs
/// with the server's bytes frame by frame, in one piece, and octet by octet. Groups 12 and 13 are in <see cref="CompressionCaseTests"/>.
/// </summary>
public class AutobahnCaseTests
{
    /// <summary>Longest script that is also sent octet by octet.</summary>
    private const int LongestTrickle = 70_000;

    private static readonly Dictionary<string, Case> s_cases = FrameCases.All.Concat(Utf8Cases.All).ToDictionary(c => c.Id, StringComparer.Ordinal);

    public static TheoryData<string> Ids() => [.. s_cases.Keys];

    [Fact]
    public void The_list_is_whole()
    {
        int[] expected = [16, 11, 7, 10, 20, 145, 37, 54, 1];
        int[] counted = [.. s_cases.Keys.GroupBy(id => int.Parse(id.Split('.')[0], null)).OrderBy(group => group.Key).Select(group => group.Count())];
        Assert.Equal(expected, counted);
        Assert.Equal(301, s_cases.Count);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Case(string id)
    {
        Case script = s_cases[id];
        foreach (IReadOnlyList<byte[]> writes in Cuts(script))
        {
            Assert.Equal(script.Expected, await EchoPeer.MeetAsync(writes));
        }
    }

    private static IEnumerable<IReadOnlyList<byte[]>> Cuts(Case script)
    {
        // Of a fast case the last piece is never sent: the answer has to come without it.
        IReadOnlyList<byte[]> frames = script.IsFast ? [.. script.Frames.Take(script.Frames.Count - 1)] : script.Frames;
        byte[] whole = [.. frames.SelectMany(frame => frame)];
        yield return frames;
        yield return [whole];
        if (whole.Length <= LongestTrickle)
        {
            yield return [.. whole.Select(octet => (byte[])[octet])];
        }
        else
        {
            yield return [.. whole.Chunk(997)];
        }
    }
}
