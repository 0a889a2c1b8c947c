using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using BenchmarkDotNet.Running;
using PerfConn.Tests.Architecture;
using Xunit;

namespace PerfConn.Tests.Budgets;

/// <summary>
/// What one call of each micro-benchmark allocates is what budgets.json says: to the byte, or at most that where other threads take part. Alone, because those are
/// measured over the whole process.
/// </summary>
[Collection(AloneCollection.Name)]
public class BenchmarkBudgetTests
{
    private const string File = "benchmarks/PerfConn.Benchmarks/budgets.json";

    [Fact]
    public void Every_benchmark_keeps_to_its_budget()
    {
        Dictionary<string, long> budgets = JsonSerializer.Deserialize<Dictionary<string, long>>(System.IO.File.ReadAllText(Path.Combine(SourceTree.Root, File)))!;
        var unused = new HashSet<string>(budgets.Keys, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (BenchmarkCase benchmark in BenchmarkCases.All())
        {
            string name = BenchmarkCases.NameOf(benchmark, parameters: !budgets.ContainsKey(BenchmarkCases.NameOf(benchmark)));
            unused.Remove(name);
            long allocated = BenchmarkCases.Allocated(benchmark);
            if (!budgets.TryGetValue(name, out long budget))
            {
                wrong.Add($"{name} has no budget; it allocates {allocated} bytes");
            }
            else if (BenchmarkCases.IsThreaded(benchmark) ? allocated > budget : allocated != budget)
            {
                wrong.Add($"{BenchmarkCases.NameOf(benchmark, parameters: true)} allocates {allocated} bytes, its budget is {budget}");
            }
        }

        wrong.AddRange(unused.Select(name => $"{name} is no benchmark"));
        Assert.True(wrong.Count == 0, $"{File}:\n{string.Join('\n', wrong)}");
    }
}
