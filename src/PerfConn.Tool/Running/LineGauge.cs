using System;
using PerfConn.Connections;
using PerfConn.Tool.Reports;

namespace PerfConn.Tool.Running;

/// <summary>Reads a line for display: totals, and rates since the last reading. By one thread.</summary>
internal sealed class LineGauge(string name, Line line, DataAgeMeter ages, TimeProvider time)
{
    private LineStatistics _last = line.Statistics;
    private long _lastTimestamp = time.GetTimestamp();
    private LineStatistics _base;

    /// <summary>Counts from now on.</summary>
    public void StartOver() => _base = line.Statistics;

    public LineRow Read()
    {
        LineStatistics now = line.Statistics;
        long timestamp = time.GetTimestamp();
        double seconds = Math.Max(time.GetElapsedTime(_lastTimestamp, timestamp).TotalSeconds, 1e-6);
        var row = new LineRow(
            name,
            line.State,
            now.StreamsConfirmed,
            now.StreamsWanted,
            now.Frames - _base.Frames,
            now.Ticks - _base.Ticks,
            (now.Frames - _last.Frames) / seconds,
            (now.Ticks - _last.Ticks) / seconds,
            (now.Bytes - _last.Bytes) / seconds,
            DataAge.Of(ages.Histogram),
            now.Gaps - _base.Gaps,
            now.Reconnects - _base.Reconnects);
        _last = now;
        _lastTimestamp = timestamp;
        return row;
    }
}
