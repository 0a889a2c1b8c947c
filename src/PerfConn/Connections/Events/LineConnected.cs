namespace PerfConn.Connections.Events;

/// <summary>The line is live for the first time.</summary>
public sealed record LineConnected : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
