using PerfConn.Dispatch;

namespace PerfConn.Tool.Running;

/// <summary>What <c>watch</c> does with a tick: notes its symbol, and its age where the field that tells it is known. One thread calls it.</summary>
internal sealed class TickRecorder(WallClock clock, EventTimeField? eventTime) : ITickHandler
{
    public SymbolSet Symbols { get; } = new();

    public DataAgeMeter Ages { get; } = new(clock);

    public void OnTick(in Tick tick)
    {
        Symbols.Add(tick.Symbol);
        if (eventTime is not null && eventTime.TryRead(tick.Payload, out long unixNanoseconds))
        {
            Ages.Record(unixNanoseconds, tick.ReceiveTimestamp);
        }
    }

    public void OnGap(in Gap gap)
    {
        // The line counts its gaps itself.
    }
}
