using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Tool.Running;
using PerfConn.Transport;

namespace PerfConn.Tool.Commands;

/// <summary><c>perfconn autobahn &lt;url&gt;</c>: plays the client under test for the Autobahn suite's fuzzing server.</summary>
internal sealed class AutobahnCommand : Command
{
    private readonly Argument<string> _url = new("url") { Description = "where wstest -m fuzzingserver listens, such as ws://127.0.0.1:9001" };

    private readonly Option<string> _agent = new("--agent")
    {
        Description = "the name under which the suite reports",
        HelpName = "NAME",
        DefaultValueFactory = _ => "PerfConn",
    };

    private readonly Option<string?> _cases = new("--cases")
    {
        Description = "which to run: numbers and ranges by the server's count (1-20,45), or case ids (9.1.*,12.1.3). Without it all",
        HelpName = "LIST",
    };

    private readonly PlainLineOptions _line = new();

    private readonly Option<bool> _json = new("--json") { Description = "print the report as one JSON object, and nothing else" };

    private readonly ToolConsole _console;

    private AutobahnCommand(ToolConsole console)
        : base("autobahn", "Runs the cases of an Autobahn fuzzing server against PerfConn's client, and has the server write its reports.")
    {
        _console = console;
        Add(_url);
        foreach (Option option in (Option[])[_agent, _cases, .. _line.All, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public static Command Create(ToolConsole console) => new AutobahnCommand(console);

    private Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        Endpoint server = EndpointArgument.Parse(parsed.GetValue(_url)!);
        LineOptions options = _line.Read(parsed);
        CaseFilter filter = CaseFilter.Parse(parsed.GetValue(_cases));
        return new AutobahnRun(server, parsed.GetValue(_agent)!, filter, options, _console, parsed.GetValue(_json)).RunAsync(stop);
    }
}
