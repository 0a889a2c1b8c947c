using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Tool.Reports;

namespace PerfConn.Tool.Running;

/// <summary>The thread that leads the demo from stage to stage, shows the figures, and keeps the clock's anchor fresh.</summary>
internal sealed class DemoLoop(
    DemoSettings settings, IReadOnlyList<DemoLine> lines, Task confirmed, SimulatorProcess simulator, WallClock clock, LineEvents events, long start, TimeProvider time)
{
    /// <summary>How long the symbols may take to tick once; a slow rate must not keep the demo from beginning.</summary>
    private static readonly TimeSpan s_firstTicksTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How much longer than asked for the steady part may take until the line that was cut is back and the other one is rotated.</summary>
    private static readonly TimeSpan s_mishapsTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_anchorInterval = TimeSpan.FromSeconds(1);

    private readonly AutoResetEvent _wake = new(initialState: false);
    private DemoStage _stage;
    private long _stageStart;
    private long _anchored;
    private long _drawn;

    /// <summary>Blocks until the demo is over.</summary>
    /// <exception cref="ToolException">The simulator's process died.</exception>
    /// <exception cref="ConnectionException">The venue refused a subscription.</exception>
    /// <exception cref="OperationCanceledException">Stopped before the steady part.</exception>
    public DemoReport Run(LiveView view, CancellationToken stop)
    {
        using CancellationTokenRegistration onStop = stop.Register(() => _wake.Set());
        DemoReport? report = null;
        _anchored = start;
        view.Run(() =>
        {
            Stay(view, DemoStage.Subscribing, () => Subscribed() || Since(_stageStart) > s_firstTicksTimeout);
            Stay(view, DemoStage.WarmingUp, () => Since(_stageStart) >= s_warmUp);
            stop.ThrowIfCancellationRequested();
            foreach (DemoLine line in lines)
            {
                line.Begin();
            }

            AllocationMeter allocations = AllocationMeter.Start();
            Task mishaps = MishapsAsync(stop);
            Stay(view, DemoStage.Steady, () => Since(_stageStart) >= settings.Duration && (mishaps.IsCompleted || Since(_stageStart) >= settings.Duration + s_mishapsTimeout));
            mishaps.GetAwaiter().GetResult();
            List<DemoShare> shares = [.. lines.Select(line => line.End(time))];
            report = Sum(shares, allocations.Read());
            var audit = new DemoAudit(simulator, lines, time);
            Task<DemoAuditResult> audited = audit.RunAsync();
            Stay(view, DemoStage.Checking, () => audited.IsCompleted);
            report = audited.IsCompletedSuccessfully ? report.With(audited.GetAwaiter().GetResult()) : report;
        });
        return report!;

        void Stay(LiveView view, DemoStage stage, Func<bool> isOver)
        {
            _stage = stage;
            _stageStart = time.GetTimestamp();
            while (!stop.IsCancellationRequested && !isOver())
            {
                if (simulator.HasExited)
                {
                    throw new ToolException("the simulator's process ended before the demo did");
                }

                Tend(view);
                _wake.WaitOne(s_poll);
            }
        }
    }

    /// <summary>A quarter into the steady part the venue cuts the first line; at half time the last one is rotated.</summary>
    private async Task MishapsAsync(CancellationToken stop)
    {
        await Task.Delay(settings.Duration / 4, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await simulator.OrderAsync(SimulatorOrders.Cut + "1").ConfigureAwait(false);
        await lines[0].BackAsync(time, stop).ConfigureAwait(false);
        TimeSpan rest = (settings.Duration / 2) - Since(_stageStart);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
        {
            await lines[^1].Line.RotateAsync(stop).ConfigureAwait(false);
        }
    }

    private bool Subscribed()
    {
        if (confirmed.IsFaulted)
        {
            throw confirmed.Exception.InnerException!;
        }

        return confirmed.IsCompleted && lines.Sum(static line => line.Recorder.SymbolsSeen) >= settings.Lines * settings.SymbolsPerLine;
    }

    private void Tend(LiveView view)
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_anchored, now) >= s_anchorInterval)
        {
            _anchored = now;
            clock.Refresh();
        }

        if (view.Interval != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_drawn, now) >= view.Interval)
        {
            _drawn = now;
            view.Update(new LiveFigures(
                Title(), time.GetElapsedTime(_stageStart, now), _stage == DemoStage.Steady ? settings.Duration : null, [.. lines.Select(static line => line.Gauge.Read())], events.Last));
        }
    }

    private string Title() => _stage switch
    {
        DemoStage.Subscribing => "subscribing",
        DemoStage.WarmingUp => "warming up",
        DemoStage.Checking => "checking",
        _ => "steady",
    };

    private TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    /// <summary>From the first connection attempt to a moment; 0 when it never came.</summary>
    private double Seconds(long timestamp) => timestamp == 0 ? 0 : time.GetElapsedTime(start, timestamp).TotalSeconds;

    private DemoReport Sum(List<DemoShare> shares, long allocatedBytes)
    {
        var ages = new LogLinearHistogram();
        foreach (DemoShare share in shares)
        {
            ages.Add(share.Ages);
        }

        return new DemoReport
        {
            Seconds = shares.Average(static share => share.Time.TotalSeconds),
            Lines = shares.Count,
            Frames = shares.Sum(static share => share.Last.Frames - share.First.Frames),
            Ticks = shares.Sum(static share => share.Last.Ticks - share.First.Ticks),
            Symbols = lines.Sum(static line => line.Recorder.SymbolsSeen),
            Bytes = shares.Sum(static share => share.Last.Bytes - share.First.Bytes),
            AllocatedBytes = allocatedBytes,
            Gaps = shares.Sum(static share => share.Last.Gaps - share.First.Gaps),
            GapsUnannounced = shares.Sum(static share => share.GapsUnannounced),
            Reconnects = shares.Sum(static share => share.Last.Reconnects - share.First.Reconnects),
            Rotations = shares.Sum(static share => share.Last.Rotations - share.First.Rotations),
            ConfirmedSeconds = lines.Max(line => Seconds(line.ConfirmedTimestamp)),
            FirstTickSeconds = lines.Min(line => Seconds(line.Recorder.FirstTimestamp)),
            DataAge = DataAge.Of(ages),
        };
    }
}
