using System;
using PerfConn.Connections;
using PerfConn.Diagnostics;

namespace PerfConn.Tool.Running;

/// <summary>One line's share of the demo's steady part.</summary>
internal readonly record struct DemoShare(LineStatistics First, LineStatistics Last, TimeSpan Time, LogLinearHistogram Ages, long GapsUnannounced);
