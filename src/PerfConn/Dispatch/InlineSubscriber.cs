namespace PerfConn.Dispatch;

/// <summary>Runs a handler on the receive loop. With a struct handler its code is compiled into these methods.</summary>
internal sealed class InlineSubscriber<THandler>(THandler handler) : Subscriber
    where THandler : ITickHandler
{
    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler = handler;
#pragma warning restore IDE0044

    public override void OnTick(in Tick tick) => _handler.OnTick(in tick);

    public override void OnGap(in Gap gap) => _handler.OnGap(in gap);
}
