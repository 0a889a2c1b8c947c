using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Running;

/// <summary>One of the demo's lines with what observes it.</summary>
internal sealed class DemoLine(Line line, LineProbe probe, TradeRecorder recorder, LineGauge gauge) : IAsyncDisposable
{
    private LineSample _first;
    private long _gapsUnannouncedBefore;
    private long _confirmedTimestamp;

    public Line Line => line;

    public TradeRecorder Recorder => recorder;

    public LineGauge Gauge => gauge;

    /// <summary>Opens a line; nothing stays open when it fails.</summary>
    public static async Task<DemoLine> ConnectAsync(
        string name, Venue<BinanceProtocol> venue, LineOptions options, WallClock clock, int symbols, CancellationToken stop)
    {
        var probe = new LineProbe(options.TimeProvider);
        var recorder = new TradeRecorder(clock, symbols);
        Line line = await Line.ConnectAsync(venue, new DemoHandler(probe, recorder), options, stop).ConfigureAwait(false);
        probe.Attach(line);
        return new DemoLine(line, probe, recorder, new LineGauge(name, line, recorder.Ages, options.TimeProvider));
    }

    /// <summary>When the venue had confirmed the last stream; 0 before.</summary>
    public long ConfirmedTimestamp => Volatile.Read(ref _confirmedTimestamp);

    public async Task SubscribeAsync(IReadOnlyList<string> streams, TimeProvider time, CancellationToken stop)
    {
        await line.SubscribeAsync(streams, stop).ConfigureAwait(false);
        Volatile.Write(ref _confirmedTimestamp, time.GetTimestamp());
    }

    /// <summary>The steady part begins.</summary>
    public void Begin()
    {
        _gapsUnannouncedBefore = recorder.GapsUnannounced;
        gauge.StartOver();
        _first = probe.Take();
        recorder.Ages.StartOver();
        probe.StartOver();
    }

    /// <summary>The steady part has ended: what came in it.</summary>
    public DemoShare End(TimeProvider time)
    {
        LineSample last = probe.Take();
        return new DemoShare(
            _first.Statistics,
            last.Statistics,
            time.GetElapsedTime(_first.Timestamp, last.Timestamp),
            recorder.Ages.StartOver(),
            recorder.GapsUnannounced - _gapsUnannouncedBefore);
    }

    /// <summary>Returns when the line, which has been cut, is back with all its streams.</summary>
    public async Task BackAsync(TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), time);
        while (line.Statistics is not { Reconnects: > 0 } statistics || statistics.StreamsConfirmed < statistics.StreamsWanted)
        {
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => line.DisposeAsync();
}
