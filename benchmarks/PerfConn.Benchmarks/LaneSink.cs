using PerfConn.Dispatch;

namespace PerfConn.Benchmarks;

/// <summary>Looks at both ends of a payload, so that it has really come over.</summary>
internal struct LaneSink : ITickHandler
{
    private long _sum;

    public void OnTick(in Tick tick) => _sum += tick.Payload[0] + tick.Payload[^1];

    public readonly void OnGap(in Gap gap)
    {
    }
}
