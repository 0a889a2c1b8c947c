using System.CommandLine;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Commands;

/// <summary>x</summary>
internal static class DemoCommand
{
    public static Command Create(ToolConsole console) => new("demo", "later");
}
