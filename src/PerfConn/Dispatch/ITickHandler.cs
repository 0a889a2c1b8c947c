namespace PerfConn.Dispatch;

/// <summary>
/// The engine's own code: what ticks are delivered to. Implement it with a struct where it runs inline, so that the call compiles
/// into the receive loop; with a class where it has state that others read.
/// </summary>
/// <remarks>
/// Calls for one subscription never overlap and keep the venue's order per symbol. An inline handler runs on the receive loop: it must
/// not block. An exception that leaves a handler is counted and logged and does not stop the line.
/// </remarks>
public interface ITickHandler
{
    /// <summary>One tick. Its payload is valid during this call only; see <see cref="Tick.Lease"/> to keep it.</summary>
    void OnTick(in Tick tick);

    /// <summary>Ticks may be missing before the next tick of this symbol and channel.</summary>
    void OnGap(in Gap gap);
}
