using System;
using System.Diagnostics;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Contestants;

/// <summary>Latencies in nanoseconds, from when the meter says so. One thread records at a time.</summary>
internal sealed class LatencyRecorder
{
    private volatile bool _isOn;
    private long _messages;

    public LogLinearHistogram Recorded { get; } = new();

    public long Messages => Volatile.Read(ref _messages);

    public void Begin() => _isOn = true;

    /// <summary>What comes later would move the percentiles while they are read.</summary>
    public void End() => _isOn = false;

    /// <summary>A stamped message is here.</summary>
    public void RecordStamped(ReadOnlySpan<byte> payload) => Record(Stopwatch.GetTimestamp() - StampedFrames.SentAt(payload));

    public void Record(long nanoseconds)
    {
        _messages++;
        if (_isOn)
        {
            Recorded.Record(nanoseconds);
        }
    }
}
