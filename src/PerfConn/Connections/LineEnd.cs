using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <summary>How a line, or one session of it, ended.</summary>
/// <param name="CloseCode">The Close frame's code; 1005 when it had none, 1006 when there was no Close frame (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The Close frame's reason, or this side's words for what happened.</param>
/// <param name="Error">The failure behind it; null for an orderly close.</param>
public sealed record LineEnd(int CloseCode, string Reason, ConnectionException? Error);
