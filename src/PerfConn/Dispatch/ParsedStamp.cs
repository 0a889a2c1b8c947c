using PerfConn.Diagnostics;

namespace PerfConn.Dispatch;

/// <summary>What stands first behind the pipeline where stages are measured: it notes when a tick was understood.</summary>
internal struct ParsedStamp<THandler>(THandler handler, StageRecorder stages) : ITickHandler
    where THandler : ITickHandler
{
    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler = handler;
#pragma warning restore IDE0044

    public void OnTick(in Tick tick)
    {
        if (stages.IsParsedDue())
        {
            stages.RecordParsed(tick.ReceiveTimestamp);
        }

        _handler.OnTick(in tick);
    }

    public void OnGap(in Gap gap) => _handler.OnGap(in gap);
}
