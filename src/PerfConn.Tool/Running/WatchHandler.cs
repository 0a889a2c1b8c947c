using PerfConn.Dispatch;

namespace PerfConn.Tool.Running;

/// <summary>The handler of <c>watch --dispatch inline</c>: everything on the receive loop.</summary>
internal readonly struct WatchHandler(LineProbe probe, TickRecorder recorder) : ITickHandler
{
    public void OnTick(in Tick tick)
    {
        probe.OnTick();
        recorder.OnTick(in tick);
    }

    public void OnGap(in Gap gap) => recorder.OnGap(in gap);
}
