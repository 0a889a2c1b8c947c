namespace PerfConn.Dispatch;

/// <summary>Several subscribers to one stream, in the order in which they came. Replaced as a whole when one comes or goes.</summary>
internal sealed class FanOutSubscriber(Subscriber[] subscribers) : Subscriber
{
    public override void OnTick(in Tick tick)
    {
        foreach (Subscriber subscriber in subscribers)
        {
            subscriber.OnTick(in tick);
        }
    }

    public override void OnGap(in Gap gap)
    {
        foreach (Subscriber subscriber in subscribers)
        {
            subscriber.OnGap(in gap);
        }
    }
}
