using System.Collections.Generic;

namespace PerfConn.Connections.Events;

/// <summary>Streams that expect data have none.</summary>
/// <param name="Streams">Which.</param>
/// <param name="Repair">What is done about it.</param>
public sealed record LineStale(IReadOnlyList<string> Streams, StaleRepair Repair) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
