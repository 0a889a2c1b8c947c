namespace PerfConn.Connections.Events;

/// <summary>A manager has a new connection; it is not connected yet.</summary>
public sealed record ConnectionCreated : LineEvent;
