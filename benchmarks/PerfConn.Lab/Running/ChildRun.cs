using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Lab.Running;

/// <summary>One run of a contestant in a process of its own: what it measured, or why it did not.</summary>
internal readonly record struct ChildRun(Measurement? Measurement, string? Failure)
{
    public static async Task<ChildRun> StartAsync(ProcessStartInfo start, TimeSpan deadline)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using Process process = Process.Start(start)!;
            using var late = new CancellationTokenSource(deadline, TimeProvider.System);
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            try
            {
                await process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new ChildRun(null, $"not done within {deadline.TotalSeconds:0} s");
            }

            string last = LastLine(await output);
            return process.ExitCode == 0 && last.StartsWith('{')
                ? new ChildRun(Measurement.Parse(last), null)
                : new ChildRun(null, LastLine(await error) is { Length: > 0 } said ? said : $"exit code {process.ExitCode}");
        }
        catch (Exception e) when (e is Win32Exception or JsonException)
        {
            return new ChildRun(null, e.Message);
        }
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}
