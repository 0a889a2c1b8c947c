using System;

namespace PerfConn.Connections;

/// <summary>A message that arrived during a login: a copy, the caller's own.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="IsText">Whether it is text.</param>
public readonly record struct LoginMessage(ReadOnlyMemory<byte> Payload, bool IsText);
