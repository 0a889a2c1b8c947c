using System;
using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Simulator;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Commands;

/// <summary><c>perfconn simulate</c>: the simulated venue as a server, for clients in any language.</summary>
internal sealed class SimulateCommand : Command
{
    /// <summary>The hidden option with which the demo starts its venue: its life then hangs on its parent's, who gives it orders (<see cref="SimulatorOrders"/>).</summary>
    public const string UntilInputClosesName = "--until-input-closes";

    private readonly Option<string> _venue = ChoiceOption.Create("--venue", "which venue to be", "binance", "binance");

    private readonly Option<int> _port = NumberOption.Create("--port", "P", "port on the loopback address; 0 lets the system choose", 0, 65535, 0);

    private readonly Option<bool> _tls = new("--tls") { Description = "speak TLS, with a certificate made on the spot" };

    private readonly Option<double> _rate = NumberOption.Create(
        "--rate", "R", "ticks a second on each connection, spread over its streams; 0 is as fast as the peer drains them", 0, 1e9, 1000.0);

    private readonly Option<int> _symbols = NumberOption.Create("--symbols", "N", "symbols in the market", 1, 100_000, 3000);

    private readonly Option<bool> _untilInputCloses = new(UntilInputClosesName) { Hidden = true };

    private readonly ToolConsole _console;

    private SimulateCommand(ToolConsole console)
        : base("simulate", "Serves a made-up market with the venue's messages and limits. Prints its address first, and ends on Ctrl+C.")
    {
        _console = console;
        foreach (Option option in (Option[])[_venue, _port, _tls, _rate, _symbols, _untilInputCloses])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public static Command Create(ToolConsole console) => new SimulateCommand(console);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        BinanceSimulator simulator = await StartAsync(parsed, stop).ConfigureAwait(false);
        await using (simulator.ConfigureAwait(false))
        {
            await _console.Output.WriteLineAsync(simulator.Url.OriginalString).ConfigureAwait(false);
            if (_console.IsTerminal)
            {
                await _console.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{simulator.Symbols.Count} symbols at /ws and /stream, such as {Example(simulator)}; Ctrl+C ends it")).ConfigureAwait(false);
            }

            await _console.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            await Task.WhenAny(stopped, parsed.GetValue(_untilInputCloses) ? new SimulatorOrders(simulator, _console.Output).RunAsync() : stopped).ConfigureAwait(false);
        }

        return ExitCode.Success;
    }

    private async Task<BinanceSimulator> StartAsync(ParseResult parsed, CancellationToken stop)
    {
        int port = parsed.GetValue(_port);
        try
        {
            return await BinanceSimulator.StartAsync(
                new BinanceSimulatorOptions
                {
                    Port = port,
                    Tls = parsed.GetValue(_tls),
                    Rate = parsed.GetValue(_rate),
                    Symbols = parsed.GetValue(_symbols),
                },
                stop).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new ToolException(string.Create(
                CultureInfo.InvariantCulture,
                $"port {port}: {(e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "already in use" : e.Message)}"));
        }
    }

#pragma warning disable CA1308 // Streams are named in lower case; the names are ASCII.
    private static string Example(BinanceSimulator simulator) => simulator.Symbols[0].ToLowerInvariant() + "@trade";
#pragma warning restore CA1308
}
