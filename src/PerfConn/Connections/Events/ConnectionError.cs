using System;

namespace PerfConn.Connections.Events;

/// <summary>Something has gone wrong on a connection that nobody waits for: an observer or a callback that threw, a subscription that could not be restored or left.</summary>
/// <param name="What">What was being done.</param>
/// <param name="Error">How it failed.</param>
public sealed record ConnectionError(string What, Exception Error) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
