using System;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Tool.Commands;
using PerfConn.Tool.Running;

namespace PerfConn.Tool;

/// <summary>The <c>perfconn</c> command's way into the process: real console, real signals, and an exit code.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Ctrl+C goes to every process of the terminal: the demo's simulator leaves the ending to its parent.
        using var signals = new StopSignals(ignoresInterrupt: args.Contains(SimulateCommand.UntilInputClosesName, StringComparer.Ordinal));
        return await CommandLine.RunAsync(args, ToolConsole.OfProcess(), signals.Token).ConfigureAwait(false);
    }
}
