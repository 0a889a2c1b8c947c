using System;
using System.IO;
using System.Linq;
using Xunit;

namespace PerfConn.Tests.Architecture;

/// <summary>What the README shows is what compiles, and what it names is there.</summary>
public sealed class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"));

    [Fact]
    public void The_embedding_example_is_the_one_that_is_compiled()
    {
        string compiled = File.ReadAllText(Path.Combine(SourceTree.Root, "tests/PerfConn.ReadmeExample/Program.cs"));
        Assert.Contains("```csharp\n" + compiled + "```", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        foreach (string file in Directory.EnumerateFiles(SourceTree.Root, "README.md", SearchOption.AllDirectories).Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal)))
        {
            foreach (string part in File.ReadAllText(file).Split("](").Skip(1))
            {
                string target = part[..part.IndexOf(')', StringComparison.Ordinal)];
                if (!target.Contains("://", StringComparison.Ordinal))
                {
                    string path = Path.Combine(Path.GetDirectoryName(file)!, target.Split('#')[0]);
                    Assert.True(File.Exists(path) || Directory.Exists(path), $"{file}: {target}");
                }
            }
        }
    }
}
