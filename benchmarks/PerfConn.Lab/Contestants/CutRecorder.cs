using System;
using System.Diagnostics;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Contestants;

/// <summary>How long each cut lasted: from the server's reset to the first tick on the next connection. One thread records at a time.</summary>
/// <param name="cuts">How many there are to be.</param>
internal sealed class CutRecorder(int cuts)
{
    /// <summary>Of fewer cuts no memory is told: it would be that of compiling.</summary>
    private const int FewestForMemory = 10_000;

    private readonly LogLinearHistogram _lengths = new();
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ticks;

    /// <summary>The one tick of a connection is here. That of the first one follows no cut.</summary>
    public void OnTick(ReadOnlySpan<byte> payload)
    {
        int seen = _ticks++;
        if (seen > 0 && seen <= cuts)
        {
            _lengths.Record(Stopwatch.GetTimestamp() - StampedFrames.SentAt(payload));
        }

        if (seen == cuts / 10)
        {
            _warm.TrySetResult();
        }

        if (seen == cuts)
        {
            _done.TrySetResult();
        }
    }

    /// <summary>Completes when all cuts have been. Memory is looked at after a tenth of them, when everything is compiled, and at the end.</summary>
    public async Task<Measurement> MeasureAsync()
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        Holdings? before = null;
        if (cuts >= FewestForMemory)
        {
            await _warm.Task;
            before = Holdings.Now();
        }

        await _done.Task;
        var measurement = new Measurement
        {
            Messages = cuts,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            CpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            AllocatedBytes = GC.GetTotalAllocatedBytes() - allocated,
            Percentiles = Quantiles.Of(_lengths),
            MaxNanoseconds = _lengths.Max,
        };
        return before is null ? measurement : measurement with { HeldBefore = before, HeldAfter = Holdings.Now() };
    }
}
