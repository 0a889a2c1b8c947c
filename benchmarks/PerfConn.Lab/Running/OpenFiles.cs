using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PerfConn.Lab.Running;

/// <summary>How many files, sockets among them, a process may have open. The runtime raises its own limit to the hard one at start.</summary>
internal static class OpenFiles
{
    /// <summary>The hard limit; no limit where the system does not tell.</summary>
    public static long Limit()
    {
        const string limits = "/proc/self/limits";
        string? line = File.Exists(limits) ? File.ReadLines(limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        string? hard = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(4);
        return long.TryParse(hard, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
    }
}
