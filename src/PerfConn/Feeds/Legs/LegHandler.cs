using PerfConn.Dispatch;

namespace PerfConn.Feeds.Legs;

/// <summary>What a leg's line delivers to.</summary>
internal readonly struct LegHandler(ILegSink sink, int leg) : ITickHandler
{
    public void OnTick(in Tick tick) => sink.OnTick(leg, in tick);

    public void OnGap(in Gap gap) => sink.OnGap(leg, in gap);
}
