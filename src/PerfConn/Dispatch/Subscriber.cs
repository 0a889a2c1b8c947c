namespace PerfConn.Dispatch;

/// <summary>One end that ticks of a stream are delivered to: an inline handler, a lane, or several of them.</summary>
/// <remarks>
/// The calls come from one receive loop at a time. This is the one virtual call on a routed tick's way; a handler given to the whole line
/// (see <c>Line.ConnectAsync</c>) has none.
/// </remarks>
internal abstract class Subscriber
{
    public abstract void OnTick(in Tick tick);

    public abstract void OnGap(in Gap gap);
}
