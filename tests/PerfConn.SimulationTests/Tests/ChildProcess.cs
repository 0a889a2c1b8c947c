using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.SimulationTests.Tests;

/// <summary>This assembly as a process whose pool has one thread.</summary>
internal static class ChildProcess
{
    /// <summary>The longest that it may take; it says that something hangs, and nothing of speed.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    public static async Task<Outcome> RunAsync(params IEnumerable<string> args)
    {
        string host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_limit, TimeProvider.System);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(process.ExitCode, output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>The figures: the last line, without how long it took.</summary>
        public string Figures
        {
            get
            {
                string last = Output.TrimEnd();
                last = last[(last.LastIndexOf('\n') + 1)..];
                int wall = last.IndexOf(",\"wallSeconds\"", StringComparison.Ordinal);
                return wall < 0 ? last : last[..wall];
            }
        }
    }
}
