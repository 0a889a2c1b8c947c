using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.Diagnostics;

/// <summary>
/// Where ticks spend their time, measured on the running line: give one to <c>LineOptions.Stages</c>, of one line or of many, and take a <see cref="Snapshot"/> when you
/// like. Without one nothing of it exists on the tick path.
/// </summary>
/// <remarks>
/// Thread-safe. A sampled tick pays for reading the clock, about 25 ns a stage; one of <see cref="SampleEvery"/> is sampled. Each thread that handles ticks records into histograms of its
/// own (about 90 KiB, made when the line or the lane is), so that none waits for another. Recording allocates nothing; a snapshot allocates its copy.
/// </remarks>
public sealed class StageHistograms
{
    /// <summary>Default of <see cref="SampleEvery"/>: 31, about 2 ns a tick. A prime, so that it falls on every place in a read.</summary>
    public const int DefaultSampleEvery = 31;

    private readonly Lock _lock = new();
    private readonly List<StageRecorder> _recorders = [];

    /// <summary>Makes an empty set.</summary>
    /// <param name="sampleEvery">Every how many ticks of a thread one is measured; 1 measures all. Default: <see cref="DefaultSampleEvery"/>.</param>
    public StageHistograms(int sampleEvery = DefaultSampleEvery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleEvery, 1);
        SampleEvery = sampleEvery;
    }

    /// <summary>Every how many ticks of a thread one is measured.</summary>
    public int SampleEvery { get; }

    /// <summary>What has been recorded so far, by all threads together.</summary>
    public StageReport Snapshot()
    {
        var report = new StageReport();
        lock (_lock)
        {
            foreach (StageRecorder recorder in _recorders)
            {
                report.Add(recorder);
            }
        }

        return report;
    }

    /// <summary>Histograms for one more thread.</summary>
    internal StageRecorder CreateRecorder(TimeProvider time)
    {
        var recorder = new StageRecorder(SampleEvery, time);
        lock (_lock)
        {
            _recorders.Add(recorder);
        }

        return recorder;
    }
}
