using PerfConn.Connections;

namespace PerfConn.Tool.Reports;

/// <summary>A line as the live table shows it.</summary>
internal readonly record struct LineRow(
    string Name,
    LineState State,
    int Confirmed,
    int Wanted,
    long Frames,
    long Ticks,
    double FramesPerSecond,
    double TicksPerSecond,
    double BytesPerSecond,
    DataAge Age,
    long Gaps,
    long Reconnects);
