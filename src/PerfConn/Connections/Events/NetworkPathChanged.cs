namespace PerfConn.Connections.Events;

/// <summary>The operating system tells of a change in the network of this machine. It is about no connection in particular.</summary>
/// <param name="IsAvailable">Whether there is a network interface that is up, beside loopback and tunnels.</param>
public sealed record NetworkPathChanged(bool IsAvailable) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
