namespace PerfConn.Connections.Events;

/// <summary>The line has ended for good. Nothing follows.</summary>
/// <param name="End">How.</param>
/// <param name="Initiator">Who ended it.</param>
public sealed record LineClosed(LineEnd End, CloseInitiator Initiator) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
