using System.Threading.Tasks;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>Ends lanes in bounded time. The line does: it knows how long a handler may take for its end, and where to log that one took longer.</summary>
internal interface ILaneEnder
{
    /// <summary>Returns when the lane has delivered what was in it, or its handler has taken nothing for too long. Never throws.</summary>
    ValueTask EndAsync(ILane lane);
}
