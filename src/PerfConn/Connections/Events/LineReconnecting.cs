using System;

namespace PerfConn.Connections.Events;

/// <summary>The line will be made again.</summary>
/// <param name="Attempt">The attempt that is waited for, from 1.</param>
/// <param name="Cause">What was lost, or how the last attempt failed.</param>
/// <param name="Delay">How long it waits first.</param>
public sealed record LineReconnecting(int Attempt, LineEnd Cause, TimeSpan Delay) : LineEvent;
