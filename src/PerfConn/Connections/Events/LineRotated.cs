namespace PerfConn.Connections.Events;

/// <summary>A new connection has taken the place of the old one, and nothing is missing.</summary>
/// <param name="Held">Messages that the new one had brought before.</param>
public sealed record LineRotated(int Held) : LineEvent;
