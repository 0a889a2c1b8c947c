using System;

namespace PerfConn.Connections.Managing;

/// <summary>At most so many requests in any stretch of a time.</summary>
/// <param name="Requests">How many; 1 or more.</param>
/// <param name="Length">The time; more than none.</param>
public readonly record struct RequestWindow(int Requests, TimeSpan Length);
