namespace PerfConn.Connections.Events;

/// <summary>The venue has announced that it will cut the line.</summary>
public sealed record LineNotice : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
