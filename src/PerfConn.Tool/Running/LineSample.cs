using PerfConn.Connections;

namespace PerfConn.Tool.Running;

/// <summary>A line's counters at a moment.</summary>
internal readonly record struct LineSample(LineStatistics Statistics, long Timestamp);
