using System;

namespace PerfConn.Dispatch;

/// <summary>What the control plane needs of a lane, whatever its handler is.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>Ticks dropped because the handler was slower than the feed.</summary>
    long Dropped { get; }
}
