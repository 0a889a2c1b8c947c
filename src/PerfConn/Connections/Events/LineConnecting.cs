namespace PerfConn.Connections.Events;

/// <summary>An attempt to connect begins.</summary>
/// <param name="Attempt">Which one since the line was lost, from 1.</param>
public sealed record LineConnecting(int Attempt) : LineEvent;
