using PerfConn.Dispatch;
using PerfConn.Transport;

namespace PerfConn.Tests.Dispatch;

/// <summary>A way of waiting of each kind, with all its branches met on a machine of few cores.</summary>
internal static class LaneWaits
{
    public static LaneWait Of(LaneWaitKind kind) => kind switch
    {
        LaneWaitKind.Async => LaneWait.Async,
        LaneWaitKind.Thread => LaneWait.Thread,
        _ => LaneWait.Spin(IdleStrategy.Yield(10)),
    };
}
