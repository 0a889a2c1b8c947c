using PerfConn.Diagnostics;

namespace PerfConn.Connections.Events;

/// <summary>An attempt to make the line again has failed.</summary>
/// <param name="Attempt">Which one, from 1.</param>
/// <param name="Error">Why.</param>
public sealed record LineReconnectFailed(int Attempt, ConnectionException Error) : LineEvent;
