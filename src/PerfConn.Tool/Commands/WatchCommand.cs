using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tool.Running;
using PerfConn.Transport;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Commands;

/// <summary><c>perfconn watch &lt;url&gt;</c>: one line to any WebSocket address, counted and timed.</summary>
internal sealed class WatchCommand : Command
{
    private readonly Argument<string> _url = new("url") { Description = "a ws:// or wss:// address" };

    private readonly Option<string> _venue = ChoiceOption.Create("--venue", "whose messages to expect", "binance", "binance");

    private readonly Option<string?> _symbols = new("--symbols")
    {
        Description = "streams to subscribe to: a,b or @file; a bare symbol is its @bookTicker. Without it nothing is sent, and what arrives is counted",
        HelpName = "a,b|@file",
    };

    private readonly Option<string> _receive = ChoiceOption.Create("--receive", "how the socket is read", "async", "async", "thread", "spin");

    private readonly Option<string> _dispatch = ChoiceOption.Create(
        "--dispatch", "where ticks are handled: on the receive loop, or behind a lane", "inline", "inline", "lane");

    private readonly Option<string> _transport = ChoiceOption.Create(
        "--transport", "PerfConn's own socket transport, or the framework's client below it", "socket", "socket", "clientwebsocket");

    private readonly Option<double?> _seconds = NumberOption.Optional("--seconds", "N", "end after so many seconds", 0.001, 1e9);

    private readonly Option<long?> _frames = NumberOption.Optional("--frames", "N", "end after so many data messages", 1, long.MaxValue);

    private readonly Option<bool> _once = new("--once") { Description = "end at the first close instead of reconnecting" };

    private readonly Option<string?> _eventTime = new("--event-time")
    {
        Description = "which field of a tick carries the venue's time, for data age",
        HelpName = "FIELD:ms|us|ns",
    };

    private readonly Option<string?> _stages = new("--stages")
    {
        Description = "write how long ticks took from the read to the handler's end, by stages, to a .txt, .csv or .svg file",
        HelpName = "FILE",
    };

    private readonly Option<bool> _insecure = new("--insecure-certificates") { Description = "accept any certificate from anybody; for tests only" };

    private readonly Option<bool> _json = new("--json") { Description = "print the report as one JSON object, and nothing else" };

    private readonly ToolConsole _console;

    private WatchCommand(ToolConsole console)
        : base("watch", "Connects to a WebSocket address and shows what arrives, until Ctrl+C or one of the limits.")
    {
        _console = console;
        Add(_url);
        foreach (Option option in (Option[])
            [_venue, _symbols, _receive, _dispatch, _transport, _seconds, _frames, _once, _eventTime, _stages, _insecure, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public static Command Create(ToolConsole console) => new WatchCommand(console);

    private Task<int> RunAsync(ParseResult parsed, CancellationToken stop) =>
        new WatchRun(SettingsFrom(parsed), _console, TimeProvider.System).RunAsync(stop);

    private WatchSettings SettingsFrom(ParseResult parsed)
    {
        ReceiveMode mode = ReceiveChoice.Read(parsed.GetValue(_receive)!, parsed.GetValue(_transport) == "clientwebsocket");
        double? seconds = parsed.GetValue(_seconds);
        return new WatchSettings
        {
            Endpoint = EndpointArgument.Parse(parsed.GetValue(_url)!),
            Streams = parsed.GetValue(_symbols) is { } symbols ? StreamList.Read(symbols, BinanceVenue.Spot.Limits) : [],
            ReceiveMode = mode,
            UsesLane = parsed.GetValue(_dispatch) == "lane",
            UsesClientWebSocket = parsed.GetValue(_transport) == "clientwebsocket",
            Duration = seconds is { } value ? TimeSpan.FromSeconds(value) : null,
            Frames = parsed.GetValue(_frames),
            Once = parsed.GetValue(_once),
            EventTime = parsed.GetValue(_eventTime) is { } field ? EventTimeField.Parse(field) : null,
            Stages = parsed.GetValue(_stages) is { } file ? StageFile.Parse(file) : null,
            AcceptsAnyCertificate = parsed.GetValue(_insecure),
            Json = parsed.GetValue(_json),
        };
    }
}
