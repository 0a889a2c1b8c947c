using System;

namespace PerfConn.Dispatch;

/// <summary>
/// Several subscribers to one stream, in the order in which they came. Replaced as a whole when one comes or goes. An exception that leaves one of them is counted, and the
/// others have the tick all the same.
/// </summary>
internal sealed class FanOutSubscriber(Subscriber[] subscribers, FaultObserver? faults = null) : Subscriber
{
    public override void OnTick(in Tick tick)
    {
        foreach (Subscriber subscriber in subscribers)
        {
            try
            {
                subscriber.OnTick(in tick);
            }
            catch (Exception e) when (faults is not null)
            {
                faults.OnHandlerFault(e);
            }
        }
    }

    public override void OnGap(in Gap gap)
    {
        foreach (Subscriber subscriber in subscribers)
        {
            try
            {
                subscriber.OnGap(in gap);
            }
            catch (Exception e) when (faults is not null)
            {
                faults.OnHandlerFault(e);
            }
        }
    }
}
