namespace PerfConn.Connections.Events;

/// <summary>A manager has let go of a connection. Nothing follows about it.</summary>
public sealed record ConnectionRemoved : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
