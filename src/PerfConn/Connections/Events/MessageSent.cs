using System;

namespace PerfConn.Connections.Events;

/// <summary>A request has been handed to the transport. Only told when the connection's options ask for it.</summary>
/// <param name="RequestId">Its number.</param>
/// <param name="Payload">What was sent, as it was sent: what it holds of secrets is not redacted. A copy.</param>
public sealed record MessageSent(long RequestId, ReadOnlyMemory<byte> Payload) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.Trace;
}
