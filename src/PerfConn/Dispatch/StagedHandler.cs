using PerfConn.Diagnostics;

namespace PerfConn.Dispatch;

/// <summary>A handler with a clock around it, put in its place where stages are measured; where they are not, it does not exist.</summary>
internal struct StagedHandler<THandler>(THandler handler, StageRecorder stages) : ITickHandler
    where THandler : ITickHandler
{
    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler = handler;
#pragma warning restore IDE0044

    public void OnTick(in Tick tick)
    {
        if (!stages.IsHandledDue())
        {
            _handler.OnTick(in tick);
            return;
        }

        long dispatched = stages.Now();
        try
        {
            _handler.OnTick(in tick);
        }
        finally
        {
            // A handler that throws has taken its time too.
            stages.RecordHandled(tick.ReceiveTimestamp, dispatched);
        }
    }

    public void OnGap(in Gap gap) => _handler.OnGap(in gap);
}
