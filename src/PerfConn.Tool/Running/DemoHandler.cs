using PerfConn.Dispatch;

namespace PerfConn.Tool.Running;

/// <summary>The demo's handler: a struct, so that it compiles into the receive loop.</summary>
internal readonly struct DemoHandler(LineProbe probe, TradeRecorder recorder) : ITickHandler
{
    public void OnTick(in Tick tick)
    {
        probe.OnTick();
        recorder.OnTick(in tick);
    }

    public void OnGap(in Gap gap) => recorder.OnGap(in gap);
}
