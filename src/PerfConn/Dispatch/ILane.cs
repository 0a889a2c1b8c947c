using System;

namespace PerfConn.Dispatch;

/// <summary>What the control plane needs of a lane, whatever its handler is.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>Ticks dropped because the handler was slower than the feed.</summary>
    long Dropped { get; }

    /// <summary>Takes nothing more; what is in the lane is still delivered.</summary>
    void Complete();
}
