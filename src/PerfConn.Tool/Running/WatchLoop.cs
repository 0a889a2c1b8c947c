using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Subscriptions;
using PerfConn.Tool.Reports;

namespace PerfConn.Tool.Running;

/// <summary>The thread that watches: it waits for whatever ends the watch, shows the figures, and keeps the clock's anchor fresh.</summary>
internal sealed class WatchLoop(
    WatchSettings settings, Line line, LineProbe probe, WallClock clock, LineEvents events, Task<Subscription>? subscription, TimeProvider time)
{
    /// <summary>The probe wakes this thread on time; the poll is for what comes without a tick.</summary>
    private static readonly TimeSpan s_framePoll = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_anchorInterval = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private readonly AutoResetEvent _wake = new(initialState: false);

    /// <summary>Blocks until the watch is over.</summary>
    public WatchResult Run(LiveView view, DataAgeMeter ages, CancellationToken stop)
    {
        AllocationMeter allocations = AllocationMeter.Start();
        using CancellationTokenRegistration onStop = stop.Register(() => _wake.Set());
        probe.Wake = _wake;
        WakeWhenDone(line.Completion);
        if (subscription is not null)
        {
            WakeWhenDone(subscription);
        }

        WatchEnding ending = default;
        var gauge = new LineGauge("1", line, ages, time);
        view.Run(() => ending = Watch(view, gauge, stop));
        LineSample sample = probe.Take();
        double seconds = time.GetElapsedTime(_start, sample.Timestamp).TotalSeconds;
        return new WatchResult(ending, subscription?.Exception?.InnerException, sample, seconds, allocations.Read());
    }

    private WatchEnding Watch(LiveView view, LineGauge gauge, CancellationToken stop)
    {
        long drawn = _start;
        long anchored = _start;
        while (true)
        {
            if (Ending(stop) is { } ending)
            {
                return ending;
            }

            long now = time.GetTimestamp();
            if (time.GetElapsedTime(anchored, now) >= s_anchorInterval)
            {
                anchored = now;
                clock.Refresh();
            }

            if (view.Interval != Timeout.InfiniteTimeSpan && time.GetElapsedTime(drawn, now) >= view.Interval)
            {
                drawn = now;
                view.Update(new LiveFigures(
                    settings.Endpoint.ToString(), time.GetElapsedTime(_start, now), settings.Duration, (IReadOnlyList<LineRow>)[gauge.Read()], events.Last));
            }

            _wake.WaitOne(Wait());
        }
    }

    /// <summary>Messages first: who asked for so many and got them does not mind how the line ended.</summary>
    private WatchEnding? Ending(CancellationToken stop)
    {
        if (settings.Frames is { } frames && probe.Await(frames))
        {
            return WatchEnding.Asked;
        }

        if (line.Completion.IsCompleted)
        {
            return WatchEnding.LineEnded;
        }

        if (subscription is { IsFaulted: true } && subscription.Exception.InnerException is not LineClosedException)
        {
            return WatchEnding.Refused;
        }

        return stop.IsCancellationRequested || (settings.Duration is { } duration && time.GetElapsedTime(_start) >= duration)
            ? WatchEnding.Asked
            : null;
    }

    private TimeSpan Wait()
    {
        TimeSpan wait = settings.Frames is null ? s_poll : s_framePoll;
        TimeSpan left = settings.Duration is { } duration ? duration - time.GetElapsedTime(_start) : wait;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < wait ? left : wait;
    }

    private void WakeWhenDone(Task task) => _ = task.ContinueWith(
        _ => _wake.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
