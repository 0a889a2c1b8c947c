using System;

namespace PerfConn.Connections.Events;

/// <summary>A message has arrived that belongs to no request and no subscription: it came too late, or nobody asked for it.</summary>
/// <param name="RequestId">The request's number in it; null when there is none.</param>
/// <param name="Payload">The message, not redacted. A copy.</param>
public sealed record UnmatchedResponse(long? RequestId, ReadOnlyMemory<byte> Payload) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.Trace;
}
