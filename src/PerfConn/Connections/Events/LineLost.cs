namespace PerfConn.Connections.Events;

/// <summary>The session that delivered is over, and nobody asked for it.</summary>
/// <param name="End">How it ended.</param>
public sealed record LineLost(LineEnd End) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
