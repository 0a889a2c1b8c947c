using System;
using System.IO;

namespace PerfConn.Tool.Running;

/// <summary>Where a command writes to: injected, so that tests run commands in their own process.</summary>
/// <param name="Output">Reports, tables and progress.</param>
/// <param name="Error">The one line that says what went wrong, and warnings.</param>
/// <param name="IsTerminal">Whether a person watches the output on a terminal that can redraw.</param>
internal sealed record ToolConsole(TextWriter Output, TextWriter Error, bool IsTerminal)
{
    public static ToolConsole OfProcess() => new(
        Console.Out,
        Console.Error,
        !Console.IsOutputRedirected && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal));
}
