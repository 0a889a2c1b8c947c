using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tool;
using PerfConn.Tool.Running;

namespace PerfConn.Tests.Tool;

/// <summary>Runs the command line in this process, with its writers captured.</summary>
internal static class ToolRunner
{
    public static async Task<ToolOutcome> RunAsync(CancellationToken stop, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Deadline.Within(PerfConn.Tool.CommandLine.RunAsync(args, new ToolConsole(output, error, IsTerminal: false), stop));
        return new ToolOutcome(code, output.ToString(), error.ToString());
    }

    public static Task<ToolOutcome> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);
}
