using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.Simulator;
using PerfConn.Symbols;
using PerfConn.Tool.Reports;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Running;

/// <summary>One <c>perfconn demo</c>, from the simulator's start to the report.</summary>
internal sealed class DemoRun(DemoSettings settings, ToolConsole console, TimeProvider time)
{
    private readonly LineEvents _events = new();
    private readonly WallClock _clock = new(time);

    /// <summary>Runs the demo and reports.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        DemoReport report;
        SimulatorProcess simulator = await SimulatorProcess.StartAsync(
            settings.Rate / settings.Lines, settings.Lines * settings.SymbolsPerLine, settings.Tls, time, stop).ConfigureAwait(false);
        await using (simulator.ConfigureAwait(false))
        {
            report = await MeasureAsync(simulator, stop).ConfigureAwait(false);
        }

        if (settings.Json)
        {
            ReportJson.Write(console.Output, report);
        }
        else
        {
            ReportText.Write(console, report);
        }

        return ExitCode.Success;
    }

    private async Task<DemoReport> MeasureAsync(SimulatorProcess simulator, CancellationToken stop)
    {
        List<string[]> shares = await StreamsAsync().ConfigureAwait(false);
        long start = time.GetTimestamp();
        var lines = new List<DemoLine>();
        try
        {
            await ConnectAsync(simulator, lines, stop).ConfigureAwait(false);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task confirmed = Task.WhenAll(lines.Zip(shares, (line, streams) => line.SubscribeAsync(streams, time, ended.Token)));
            var loop = new DemoLoop(settings, lines, confirmed, simulator, _clock, _events, start, time);
            LiveView view = LiveView.For(console, settings.Json);
            try
            {
                return await DedicatedThread.RunAsync("perfconn demo", () => loop.Run(view, stop)).ConfigureAwait(false);
            }
            finally
            {
                await ended.CancelAsync().ConfigureAwait(false);
                await confirmed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await Task.WhenAll(lines.Select(static line => line.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    /// <summary>The simulator's market is the same in every process; one that does not listen tells the names.</summary>
    private async Task<List<string[]>> StreamsAsync()
    {
        BinanceSimulator market = await BinanceSimulator.StartAsync(
            new BinanceSimulatorOptions { Listen = false, Symbols = settings.Lines * settings.SymbolsPerLine }, CancellationToken.None).ConfigureAwait(false);
        await using (market.ConfigureAwait(false))
        {
#pragma warning disable CA1308 // Streams are named in lower case; the names are ASCII.
            return [.. market.Symbols.Select(static symbol => symbol.ToLowerInvariant() + "@trade").Chunk(settings.SymbolsPerLine)];
#pragma warning restore CA1308
        }
    }

    private async Task ConnectAsync(SimulatorProcess simulator, List<DemoLine> lines, CancellationToken stop)
    {
        // Microseconds, so that data age is measured and not rounded away.
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At(simulator.Url + "/stream?timeUnit=MICROSECOND");
        int symbols = settings.Lines * settings.SymbolsPerLine;
        var options = new LineOptions
        {
            Transport = new SocketTransportFactory(
                new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = settings.Tls } }),
            Symbols = new SymbolMap(BinanceProtocol.IgnoresSymbolCase, symbols),
            TimeProvider = time,
            Logger = _events,
        };
        for (int i = 1; i <= settings.Lines; i++)
        {
            lines.Add(await DemoLine.ConnectAsync(Figures.Count(i), venue, options, _clock, symbols, stop).ConfigureAwait(false));
        }
    }
}
