using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PerfConn.Tests.Architecture;

/// <summary>
/// Folder = namespace = layer: in src/PerfConn a folder uses only the folders above it in the order in which a tick travels. The evidence is the
/// using lines (implicit usings are off for that) and qualified names.
/// </summary>
public sealed partial class LayerTests
{
    private static readonly string[][] s_layers =
    [
        ["Diagnostics", "Buffers", "Time", "Resilience"],
        ["Transport"],
        ["Framing"],
        ["Protocol"],
        ["Symbols"],
        ["Sequencing"],
        ["Dispatch"],
        ["Subscriptions"],
        ["Connections"],
        ["Pooling"],
        ["Feeds"],
        ["Http"],
    ];

    public static TheoryData<string> CoreFiles => [.. SourceTree.Sources("src/PerfConn").Select(source => source.Path)];

    [Theory]
    [MemberData(nameof(CoreFiles))]
    public void A_folder_uses_only_the_folders_above_it(string path)
    {
        int own = LayerOf(path.Split('/')[2]);
        string[] lines = File.ReadAllLines(Path.Combine(SourceTree.Root, path));
        foreach (string line in lines)
        {
            foreach (Match match in Reference().Matches(line))
            {
                int used = LayerOf(match.Groups["folder"].Value);
                Assert.True(used <= own, $"{path} uses {match.Value}, a layer below its own: {line.Trim()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(CoreFiles))]
    public void The_namespace_is_the_folder(string path)
    {
        string expected = "namespace PerfConn." + string.Join('.', path.Split('/')[2..^1]) + ";";
        Assert.Contains(expected, File.ReadAllLines(Path.Combine(SourceTree.Root, path)));
    }

    [Fact]
    public void Every_folder_of_the_core_has_its_place_in_the_order()
    {
        IEnumerable<string> folders = Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "src/PerfConn"))
            .Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj"))!;
        Assert.All(folders, folder => Assert.InRange(LayerOf(folder), 0, s_layers.Length - 1));
    }

    private static int LayerOf(string folder)
    {
        int layer = Array.FindIndex(s_layers, names => names.Contains(folder, StringComparer.Ordinal));
        Assert.True(layer >= 0, $"'{folder}' has no place in the order of layers");
        return layer;
    }

    [GeneratedRegex(@"\bPerfConn\.(?<folder>Diagnostics|Buffers|Time|Resilience|Transport|Framing|Protocol|Symbols|Sequencing|Dispatch|Subscriptions|Connections|Pooling|Feeds|Http)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
