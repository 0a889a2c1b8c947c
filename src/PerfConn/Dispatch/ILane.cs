using System;

namespace PerfConn.Dispatch;

/// <summary>What the control plane needs of a lane, whatever its handler is.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>A snapshot of its counters.</summary>
    LaneStatistics Statistics { get; }

    /// <summary>Takes nothing more; what is in the lane is still delivered. A writer that waits for room gives up.</summary>
    void Complete();
}
