using System;

namespace PerfConn.Connections.Events;

/// <summary>No new connection could be made ready; the old one goes on.</summary>
/// <param name="Error">Why.</param>
public sealed record LineRotationFailed(Exception Error) : LineEvent;
