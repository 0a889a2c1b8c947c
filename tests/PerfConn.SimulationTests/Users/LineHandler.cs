using System.Collections.Generic;
using PerfConn.Dispatch;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Users;

/// <summary>The one handler of a line that has its own: it passes on to those who have subscribed.</summary>
internal sealed class LineHandler(World world) : ITickHandler
{
    public List<SimHandler> Subscribers { get; } = [];

    public bool IsClosed { get; set; }

    public void OnTick(in Tick tick)
    {
        Check();
        foreach (SimHandler subscriber in Subscribers)
        {
            subscriber.OnTick(in tick);
        }
    }

    public void OnGap(in Gap gap)
    {
        Check();
        foreach (SimHandler subscriber in Subscribers)
        {
            subscriber.OnGap(in gap);
        }
    }

    private void Check()
    {
        if (IsClosed)
        {
            world.Violate("late callback", "a line's handler was called after the line had been disposed");
        }
    }
}
