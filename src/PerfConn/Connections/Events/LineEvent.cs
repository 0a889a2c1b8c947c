using System;

namespace PerfConn.Connections.Events;

/// <summary>Something that has happened in the life of a line. Immutable; addresses and reasons in it are redacted.</summary>
/// <remarks>An event allocates its record; there are a few in a session, none in a tick.</remarks>
public abstract record LineEvent
{
    /// <summary>Name of the line.</summary>
    public string Line { get; init; } = "";

    /// <summary>Id of the connection in its manager; null for a line that has none.</summary>
    public int? ConnectionId { get; init; }

    /// <summary>The session that it is about, counted from 1; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>When, by the line's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How much it matters. Default: <see cref="EventPriority.Normal"/>.</summary>
    public virtual EventPriority Priority => EventPriority.Normal;
}
