using PerfConn.Diagnostics;

namespace PerfConn.Connections.Events;

/// <summary>A first attempt to connect has failed. It is not repeated by itself.</summary>
/// <param name="Error">Why.</param>
public sealed record ConnectFailed(ConnectionException Error) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
