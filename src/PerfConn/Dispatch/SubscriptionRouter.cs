namespace PerfConn.Dispatch;

/// <summary>The handler of a line whose ticks go to the subscribers of their streams. A tick that nobody subscribed to is counted.</summary>
internal readonly struct SubscriptionRouter(RouteTable routes, LineCounters counters) : ITickHandler
{
    public void OnTick(in Tick tick)
    {
        Subscriber? subscriber = routes.Find(tick.Symbol, tick.Channel);
        if (subscriber is null)
        {
            counters.Unrouted++;
        }
        else
        {
            subscriber.OnTick(in tick);
        }
    }

    public void OnGap(in Gap gap) => routes.Find(gap.Symbol, gap.Channel)?.OnGap(in gap);
}
