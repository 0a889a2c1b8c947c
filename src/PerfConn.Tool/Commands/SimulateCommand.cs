using System.CommandLine;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Commands;

/// <summary>x</summary>
internal static class SimulateCommand
{
    public const string UntilInputClosesName = "--until-input-closes";

    public static Command Create(ToolConsole console) => new("simulate", "later");
}
