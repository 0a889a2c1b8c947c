using PerfConn.Dispatch;

namespace PerfConn.Lab.Contestants;

/// <summary>Takes the time of each stamped tick.</summary>
internal readonly struct StampHandler(LatencyRecorder latency) : ITickHandler
{
    public void OnTick(in Tick tick) => latency.RecordStamped(tick.Payload);

    public void OnGap(in Gap gap)
    {
    }
}
