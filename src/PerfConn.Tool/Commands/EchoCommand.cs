using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Commands;

/// <summary><c>perfconn echo &lt;url&gt;</c>: sends every message back.</summary>
internal sealed class EchoCommand : Command
{
    private readonly Argument<string> _url = new("url") { Description = "a ws:// or wss:// address" };

    private readonly PlainLineOptions _line = new();

    private readonly Option<bool> _once = new("--once") { Description = "end at the first close instead of reconnecting" };

    private readonly Option<bool> _json = new("--json") { Description = "print the report as one JSON object, and nothing else" };

    private readonly ToolConsole _console;

    private EchoCommand(ToolConsole console)
        : base("echo", "Connects to a WebSocket address and sends every message back as it came, text as text and binary as binary, until the peer closes or Ctrl+C.")
    {
        _console = console;
        Add(_url);
        foreach (Option option in (Option[])[.. _line.All, _once, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public static Command Create(ToolConsole console) => new EchoCommand(console);

    private Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        LineOptions options = _line.Read(parsed);
        if (!parsed.GetValue(_once))
        {
            // A peer that has closed in good order has had enough; a lost line is made again.
            options = options with { Reconnect = new ReconnectOptions { ShouldRetry = static end => end.Error is not null } };
        }

        var run = new EchoRun(EndpointArgument.Parse(parsed.GetValue(_url)!), options, _console, parsed.GetValue(_json));
        return run.RunAsync(stop);
    }
}
