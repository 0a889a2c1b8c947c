using PerfConn.Dispatch;

namespace PerfConn.Tool.Running;

/// <summary>The handler of <c>watch --dispatch lane</c>: the probe on the receive loop, the rest behind a lane.</summary>
internal readonly struct WatchLaneHandler(LineProbe probe, TickLane<TickRecorder> lane) : ITickHandler
{
    public void OnTick(in Tick tick)
    {
        probe.OnTick();
        lane.OnTick(in tick);
    }

    public void OnGap(in Gap gap) => lane.OnGap(in gap);
}
