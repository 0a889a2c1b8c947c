using System;

namespace PerfConn.Connections.Events;

/// <summary>The line is live again. What was published meanwhile is missing, and gap markers tell of it.</summary>
/// <param name="Outage">Since it was lost.</param>
/// <param name="Attempts">Attempts that it took; 0 when a spare connection took over.</param>
public sealed record LineReconnected(TimeSpan Outage, int Attempts) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
