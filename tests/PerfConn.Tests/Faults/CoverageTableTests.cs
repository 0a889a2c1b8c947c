using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PerfConn.Tests.Architecture;
using Xunit;

namespace PerfConn.Tests.Faults;

/// <summary>The tables in this folder's README name tests that exist: a test that is renamed or deleted takes its row with it, or this fails.</summary>
public sealed partial class CoverageTableTests
{
    [Fact]
    public void Every_test_that_the_tables_name_exists()
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, "tests/PerfConn.Tests/Faults/README.md"));
        string[] named = [.. Name().Matches(text).Select(match => match.Groups["name"].Value)];
        Assert.InRange(named.Length, 60, int.MaxValue);
        ILookup<string, Type> types = typeof(CoverageTableTests).Assembly.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        foreach (string name in named)
        {
            string[] parts = name.Split('.');
            Assert.True(types[parts[0]].Any(type => parts.Length == 1 || type.GetMethod(parts[1]) is not null), $"there is no test {name}");
        }
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*Tests(\\.[A-Za-z0-9_]+)?)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
