using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Tool.Reports;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Running;

/// <summary>One <c>perfconn watch</c>, from the connection to the report.</summary>
internal sealed class WatchRun(WatchSettings settings, ToolConsole console, TimeProvider time)
{
    private readonly LineEvents _events = new();
    private readonly LineProbe _probe = new(time, settings.Frames);
    private readonly WallClock _clock = new(time);

    /// <summary>Watches until something ends it, and reports.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ConnectionException">The line could not be opened, or the venue refused the subscription.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (settings.AcceptsAnyCertificate)
        {
            await console.Error.WriteLineAsync(
                "perfconn: WARNING: --insecure-certificates: the line is encrypted, but not to anyone in particular").ConfigureAwait(false);
        }

        var recorder = new TickRecorder(_clock, settings.EventTime);
        TickLane<TickRecorder>? lane = settings.UsesLane
            ? new TickLane<TickRecorder>(recorder, logger: _events, time: time)
            : null;
        try
        {
            Line line = await ConnectAsync(recorder, lane, stop).ConfigureAwait(false);
            WatchResult result;
            await using (line.ConfigureAwait(false))
            {
                result = await WatchAsync(line, recorder, stop).ConfigureAwait(false);
            }

            if (lane is not null)
            {
                // What is in the lane belongs into the report.
                await lane.DisposeAsync().ConfigureAwait(false);
            }

            LineEnd end = await line.Completion.ConfigureAwait(false);
            return Report(result, end, recorder, lane);
        }
        finally
        {
            if (lane is not null)
            {
                await lane.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private Task<Line> ConnectAsync(TickRecorder recorder, TickLane<TickRecorder>? lane, CancellationToken stop)
    {
        Venue<BinanceProtocol> venue = BinanceVenue.Spot with { Endpoint = settings.Endpoint };
        var options = new LineOptions
        {
            Transport = Transport(),
            ReceiveMode = settings.ReceiveMode,

            // A peer that breaks the protocol does it again: who watches wants to be told, not to wait.
            Reconnect = settings.Once ? null : new ReconnectOptions { ShouldRetry = static end => end.Error is not ProtocolViolationException },
            Stages = settings.Stages?.Histograms,
            TimeProvider = time,
            Logger = _events,
        };
        return lane is null
            ? Line.ConnectAsync(venue, new WatchHandler(_probe, recorder), options, stop)
            : Line.ConnectAsync(venue, new WatchLaneHandler(_probe, lane), options, stop);
    }

    private ITransportFactory Transport() => settings.UsesClientWebSocket
        ? new ClientWebSocketTransportFactory(
            new ClientWebSocketTransportOptions { DangerouslyAcceptAnyCertificate = settings.AcceptsAnyCertificate })
        : new SocketTransportFactory(
            new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = settings.AcceptsAnyCertificate } });

    private async Task<WatchResult> WatchAsync(Line line, TickRecorder recorder, CancellationToken stop)
    {
        _probe.Attach(line);
        using var ended = new CancellationTokenSource();
        Task<Subscription>? subscription = settings.Streams.Count > 0 ? line.SubscribeAsync(settings.Streams, ended.Token) : null;
        var watch = new WatchLoop(settings, line, _probe, _clock, _events, subscription, time);
        LiveView view = LiveView.For(console, settings.Json);
        try
        {
            return await DedicatedThread.RunAsync("perfconn watch", () => watch.Run(view, recorder.Ages, stop)).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            if (subscription is not null)
            {
                await ((Task)subscription).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private int Report(in WatchResult result, LineEnd end, TickRecorder recorder, TickLane<TickRecorder>? lane)
    {
        if (result.Ending == WatchEnding.Refused)
        {
            throw result.Error!;
        }

        LineStatistics statistics = result.Sample.Statistics;
        var report = new WatchReport
        {
            Endpoint = settings.Endpoint.ToString(),
            Seconds = result.Seconds,
            Frames = statistics.Frames,
            Ticks = statistics.Ticks,
            Others = statistics.Others,
            Symbols = recorder.Symbols.Count,
            Bytes = statistics.Bytes,
            AllocatedBytes = result.AllocatedBytes,
            Gaps = statistics.Gaps,
            Dropped = lane?.Dropped ?? 0,
            Reconnects = statistics.Reconnects,
            CloseCode = end.CloseCode,
            CloseReason = end.Reason,
            DataAge = DataAge.Of(recorder.Ages.Histogram),
        };
        if (settings.Json)
        {
            ReportJson.Write(console.Output, report);
        }
        else
        {
            ReportText.Write(console, report);
        }

        settings.Stages?.Write();
        string? failure = result.Ending == WatchEnding.LineEnded ? end.Error?.Message : null;
        if (failure is null)
        {
            return ExitCode.Success;
        }

        console.Error.WriteLine(CommandLine.OneLine($"{failure} (close code {report.CloseCode})"));
        return ExitCode.Failure;
    }
}
