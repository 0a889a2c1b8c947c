using PerfConn.Dispatch;

namespace PerfConn.Feeds.Legs;

/// <summary>Where all legs pour their ticks.</summary>
internal interface ILegSink
{
    void OnTick(int leg, in Tick tick);

    void OnGap(int leg, in Gap gap);

    void OnUp(int leg, bool isUp);
}
