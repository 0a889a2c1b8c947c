using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tool.Running;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Commands;

/// <summary><c>perfconn demo</c>: many symbols over a few lines from a simulated venue in another process, measured.</summary>
internal sealed class DemoCommand : Command
{
    /// <summary>Leaves both cores of a small machine some room, so that data age shows the way and not a queue.</summary>
    private const double DefaultRate = 300_000;

    private readonly Option<double> _seconds = NumberOption.Create("--seconds", "N", "length of the steady part", 0.001, 1e9, 10.0);

    private readonly Option<int> _lines = NumberOption.Create("--lines", "N", "lines to open", 1, 100, 3);

    private readonly Option<int> _symbols = NumberOption.Create(
        "--symbols", "N", "symbols on each line", 1, BinanceVenue.Spot.Limits.StreamsPerLine, 1000);

    private readonly Option<double> _rate = NumberOption.Create(
        "--rate", "R", "ticks a second over all lines; 0 is as fast as they are drained, and data age is then the age of a queue", 0, 1e9, DefaultRate);

    private readonly Option<bool> _tls = new("--tls") { Description = "encrypt the lines" };

    private readonly Option<bool> _json = new("--json") { Description = "print the report as one JSON object, and nothing else" };

    private readonly ToolConsole _console;

    private DemoCommand(ToolConsole console)
        : base("demo", "Subscribes to thousands of symbols of a simulated venue in another process, and reports what a tick costs.")
    {
        _console = console;
        foreach (Option option in (Option[])[_seconds, _lines, _symbols, _rate, _tls, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public static Command Create(ToolConsole console) => new DemoCommand(console);

    private Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var settings = new DemoSettings
        {
            Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            Lines = parsed.GetValue(_lines),
            SymbolsPerLine = parsed.GetValue(_symbols),
            Rate = parsed.GetValue(_rate),
            Tls = parsed.GetValue(_tls),
            Json = parsed.GetValue(_json),
        };
        return new DemoRun(settings, _console, TimeProvider.System).RunAsync(stop);
    }
}
