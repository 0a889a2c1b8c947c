using System;
using System.Diagnostics;
using System.Threading;
using PerfConn.Dispatch;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Contestants;

/// <summary>Looks at a contestant before and after the measured time. It allocates nothing in between, so what is allocated is the contestant's.</summary>
internal static class Meter
{
    public static Measurement Measure(IContestant contestant, TimeSpan warmUp, TimeSpan time)
    {
        using var pause = new ManualResetEvent(false);
        pause.WaitOne(warmUp);
        _ = contestant.Messages;
        LatencyRecorder? recorder = (contestant as IRecorder)?.Latency;
        recorder?.Begin();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        LaneStatistics lane = (contestant as ILossy)?.Statistics ?? default;
        long messages = contestant.Messages;
        long start = Stopwatch.GetTimestamp();
        pause.WaitOne(time);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        messages = contestant.Messages - messages;
        LaneStatistics after = (contestant as ILossy)?.Statistics ?? default;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        recorder?.End();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var idle = contestant as IIdle;
        Holdings? held = idle is null ? null : Holdings.Now();
        return new Measurement
        {
            Messages = messages,
            Seconds = elapsed.TotalSeconds,
            CpuSeconds = cpu.TotalSeconds,
            AllocatedBytes = allocated,
            Offered = after.Sent > 0 ? after.Sent - lane.Sent : null,
            Dropped = after.Sent > 0 ? after.Dropped - lane.Dropped : null,
            Conflated = after.Sent > 0 ? after.Conflated - lane.Conflated : null,
            ManagedBytesPerLine = held is null ? null : (held.Managed - idle!.Before.Managed) / idle.Lines,
            ResidentBytesPerLine = held is null ? null : (held.Resident - idle!.Before.Resident) / idle.Lines,
            Percentiles = recorder is null || recorder.Recorded.Count == 0 ? null : Quantiles.Of(recorder.Recorded),
        };
    }
}
