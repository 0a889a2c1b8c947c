using System;

namespace PerfConn.Connections.Events;

/// <summary>A message has arrived. Only told when the connection's options ask for it.</summary>
/// <param name="Payload">What arrived, as it arrived: what it holds of secrets is not redacted. A copy.</param>
public sealed record MessageReceived(ReadOnlyMemory<byte> Payload) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.Trace;
}
