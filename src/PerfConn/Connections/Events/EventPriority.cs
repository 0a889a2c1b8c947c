namespace PerfConn.Connections.Events;

/// <summary>How much an event matters when a buffer is full: the lowest go first.</summary>
public enum EventPriority
{
    /// <summary>Every message: what one can do without.</summary>
    Trace,

    /// <summary>Steps on the way.</summary>
    Normal,

    /// <summary>What an engine acts on: a line that is lost, back, stale or closed.</summary>
    High,
}
