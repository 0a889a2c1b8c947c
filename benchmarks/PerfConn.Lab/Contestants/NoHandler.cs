using PerfConn.Dispatch;

namespace PerfConn.Lab.Contestants;

/// <summary>Does nothing with a tick; that it came is the line's own count.</summary>
internal readonly struct NoHandler : ITickHandler
{
    public void OnTick(in Tick tick)
    {
    }

    public void OnGap(in Gap gap)
    {
    }
}
