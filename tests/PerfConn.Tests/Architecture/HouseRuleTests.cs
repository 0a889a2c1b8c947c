using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using PerfConn.Connections;
using PerfConn.Simulator;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Architecture;

/// <summary>The rules of the house that no compiler switch holds: log ids, file sizes, names, and the runtime's known traps.</summary>
public sealed partial class HouseRuleTests
{
    private const int MaxLines = 500;

    private static readonly string[] s_topLevel =
        ["src", "benchmarks", "tests", "fuzz", "PerfConn.sln", "Directory.Build.props", "Directory.Packages.props", "README.md"];

    /// <summary>Nobody may switch the ban list off in source; who has a reason says it in <c>.banned.txt</c>.</summary>
    [Fact]
    public void The_ban_list_is_whole_and_nobody_suppresses_it()
    {
        string bans = File.ReadAllText(Path.Combine(SourceTree.Root, ".banned.txt"));
        foreach (string banned in (ReadOnlySpan<string>)
                 [
                     "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.UtcNow", "P:System.Random.Shared", "M:System.Threading.Tasks.Task.Wait;",
                     "P:System.Threading.Tasks.Task`1.Result", "M:System.Threading.Channels.ChannelReader`1.ReadAsync(System.Threading.CancellationToken)",
                     "M:System.Net.Http.Headers.HttpHeaders.TryAddWithoutValidation(System.String,System.String)",
                     "M:System.Threading.Tasks.Task.Delay(System.TimeSpan,System.Threading.CancellationToken)", "M:System.Threading.Thread.Sleep(System.Int32)",
                 ])
        {
            Assert.Contains(banned, bans, StringComparison.Ordinal);
        }

        foreach ((string path, string[] lines) in AllSources().Where(source => !source.Path.Contains("/Architecture/", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(lines, line => line.Contains("RS0030", StringComparison.Ordinal));
            Assert.False(lines.Any(line => AsyncVoid().IsMatch(line)), $"{path} has an async void");
        }
    }

    /// <summary>The test runner takes a collection that nobody has defined for a new one, and runs it beside all others.</summary>
    [Fact]
    public void Every_collection_of_tests_is_defined()
    {
        Type[] types = typeof(HouseRuleTests).Assembly.GetTypes();
        IEnumerable<string> NamesOf<TAttribute>() =>
            types.SelectMany(type => type.CustomAttributes).Where(attribute => attribute.AttributeType == typeof(TAttribute)).Select(attribute => (string)attribute.ConstructorArguments[0].Value!);
        Assert.Empty(NamesOf<CollectionAttribute>().Except(NamesOf<CollectionDefinitionAttribute>()));
    }

    /// <summary>The runtime's client default lets a server renegotiate (RELIABILITY B19).</summary>
    [Fact]
    public void Every_TLS_client_refuses_renegotiation()
    {
        int found = 0;
        foreach ((string path, string[] lines) in SourceTree.Sources("src"))
        {
            string text = string.Join('\n', lines);
            if (text.Contains("SslClientAuthenticationOptions", StringComparison.Ordinal))
            {
                found++;
                Assert.True(text.Contains("AllowRenegotiation = false", StringComparison.Ordinal), path);
            }
        }

        Assert.True(found > 0);
    }

    [Fact]
    public void Log_ids_are_unique()
    {
        var ids = new Dictionary<int, string>();
        foreach (Assembly assembly in (ReadOnlySpan<Assembly>)[typeof(Line).Assembly, typeof(BinanceProtocol).Assembly, typeof(BinanceSimulator).Assembly])
        {
            foreach (MethodInfo method in assembly.GetTypes()
                         .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)))
            {
                if (method.GetCustomAttribute<LoggerMessageAttribute>() is { } message)
                {
                    Assert.True(ids.TryAdd(message.EventId, method.Name), $"log id {message.EventId} is used by {method.Name} and {ids.GetValueOrDefault(message.EventId)}");
                }
            }
        }

        Assert.NotEmpty(ids);
    }

    [Fact]
    public void Files_are_small_and_named_for_a_role()
    {
        foreach ((string path, string[] lines) in SourceTree.Sources("src"))
        {
            Assert.True(lines.Length <= MaxLines, $"{path} has {lines.Length} lines");
            Assert.False(Drawer().IsMatch(path), $"{path} is a drawer");
        }
    }

    [Fact]
    public void Every_project_under_src_is_ready_for_native_AOT_and_documented()
    {
        string props = File.ReadAllText(Path.Combine(SourceTree.Root, "Directory.Build.props"));
        Assert.Contains("<IsAotCompatible>true</IsAotCompatible>", props, StringComparison.Ordinal);
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", props, StringComparison.Ordinal);
        foreach (string project in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(project);
            Assert.DoesNotContain("IsAotCompatible", text, StringComparison.Ordinal);
            Assert.DoesNotContain("CS1591", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_dependency_says_why_it_is_there()
    {
        string[] lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "Directory.Packages.props"));
        string group = "";
        bool explained = false;
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith("<ItemGroup", StringComparison.Ordinal))
            {
                group = line;
                explained = group.Contains("Transitive", StringComparison.Ordinal);
            }

            explained |= line.StartsWith("<!--", StringComparison.Ordinal);
            if (line.StartsWith("<PackageVersion", StringComparison.Ordinal))
            {
                Assert.True(explained, $"no reason is given for {line}");
            }
        }
    }

    [Fact]
    public void The_top_level_holds_what_the_card_names_and_dot_files()
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(SourceTree.Root).Select(Path.GetFileName)!)
        {
            Assert.True(entry.StartsWith('.') || s_topLevel.Contains(entry, StringComparer.Ordinal), $"'{entry}' does not belong to the top level");
        }
    }

    private static IEnumerable<(string Path, string[] Lines)> AllSources() =>
        SourceTree.Sources("src").Concat(SourceTree.Sources("tests")).Concat(SourceTree.Sources("benchmarks")).Concat(SourceTree.Sources("fuzz"));

    [GeneratedRegex(@"\basync\s+void\b", RegexOptions.None, 1000)]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"(Helper|Util|Common|Misc)s?\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Drawer();
}
