namespace PerfConn.Lab.Contestants;

/// <summary>A contestant that takes the time of its messages.</summary>
internal interface IRecorder
{
    LatencyRecorder Latency { get; }
}
