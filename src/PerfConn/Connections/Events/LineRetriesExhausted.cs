namespace PerfConn.Connections.Events;

/// <summary>The line is not made again: the retry policy says stop.</summary>
/// <param name="Cause">How the last session or attempt ended.</param>
/// <param name="Why">Why it stops, in words.</param>
public sealed record LineRetriesExhausted(LineEnd Cause, string Why) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
