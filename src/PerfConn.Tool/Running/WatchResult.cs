using System;

namespace PerfConn.Tool.Running;

/// <summary>What <c>watch</c> had seen when it stopped watching.</summary>
internal readonly record struct WatchResult(WatchEnding Ending, Exception? Error, LineSample Sample, double Seconds, long AllocatedBytes);
