namespace PerfConn.Connections.Events;

/// <summary>Every stream that expects data has some again.</summary>
public sealed record LineRecovered : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
