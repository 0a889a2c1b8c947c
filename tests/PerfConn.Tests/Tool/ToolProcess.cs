using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using PerfConn.Tests.Architecture;

namespace PerfConn.Tests.Tool;

/// <summary>The tool as a process of its own, from the tool's own output: beside the tests stand the tests' versions of what it needs.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;

    private ToolProcess(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    public static ToolProcess Start(params IEnumerable<string> args)
    {
        string host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(OutputFolder(), "PerfConn.Tool.dll"));
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return new ToolProcess(Process.Start(start)!);
    }

    /// <summary>Sends a signal by its name.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Deadline.Within(kill.WaitForExitAsync());
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<ToolOutcome> RunAsync(params IEnumerable<string> args)
    {
        using ToolProcess process = Start(args);
        return await process.EndAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ToolOutcome> EndAsync()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        Task<string> error = _process.StandardError.ReadToEndAsync();
        await Deadline.Within(_process.WaitForExitAsync());
        return new ToolOutcome(_process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>The tool's folder of the same configuration and framework as the tests'.</summary>
    private static string OutputFolder()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(SourceTree.Root, "src", "PerfConn.Tool", "bin", framework.Parent!.Name, framework.Name);
    }
}
