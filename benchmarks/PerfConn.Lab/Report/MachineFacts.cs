using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Report;

/// <summary>What a figure means nothing without.</summary>
internal static class MachineFacts
{
    public const string LoadBefore = "Load before";

    private const string Release = "/proc/sys/kernel/osrelease";

    /// <summary>How much else was running, asked before anything is started: the mean number of busy threads over the last minute.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IEnumerable<ResultTable> tables, string load)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Date"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC",
            ["Commit"] = await CommitAsync(),
            ["CPU"] = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            ["Cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["Memory"] = string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F0} GiB"),
            ["Kernel"] = File.Exists(Release) ? $"Linux {(await File.ReadAllTextAsync(Release)).Trim()}" : RuntimeInformation.OSDescription,
            [LoadBefore] = load,
            [".NET"] = RuntimeInformation.FrameworkDescription,
        };
        string[] peers = [.. tables.SelectMany(t => t.Rows).Select(r => r.Version).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (peers.Length > 0)
        {
            facts["Peers"] = string.Join("; ", peers);
        }

        return facts;
    }

    private static async Task<string> CommitAsync()
    {
        if (Programs.Find("git") is not { } git || await Programs.RunAsync(git, "rev-parse", "--short", "HEAD") is not { } commit)
        {
            return "unknown";
        }

        return commit + (await Programs.RunAsync(git, "status", "--porcelain", "--untracked-files=no") is { Length: > 0 } ? ", with changes" : "");
    }

    private static string? Line(string file, string name) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;
}
