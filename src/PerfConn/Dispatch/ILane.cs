using System;
using System.Threading.Tasks;

namespace PerfConn.Dispatch;

/// <summary>What the control plane needs of a lane, whatever its handler is.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>A snapshot of its counters.</summary>
    LaneStatistics Statistics { get; }

    /// <summary>
    /// Completes it and returns when everything in it has been delivered; false when its handler has taken nothing for <paramref name="patience"/>, because it blocks, or because
    /// it is the caller. The lane goes on by itself then.
    /// </summary>
    ValueTask<bool> EndAsync(TimeSpan patience, TimeProvider time);

    /// <summary>Takes nothing more; what is in the lane is still delivered. A writer that waits for room gives up.</summary>
    void Complete();
}
