using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Connections;

/// <summary>How a line, or one session of it, ended.</summary>
/// <param name="CloseCode">
/// The Close frame's code; 1005 when it had none, 1006 when there was no Close frame (RFC 6455 section 7.1.5); 0 when the framing has no Close frames.
/// </param>
/// <param name="Reason">The Close frame's reason, or this side's words for what happened.</param>
/// <param name="Error">The failure behind it; null for an orderly close.</param>
public sealed record LineEnd(int CloseCode, string Reason, ConnectionException? Error)
{
    /// <summary>In which way it ended. Default: lost.</summary>
    public LineEndCause Cause { get; init; }

    /// <summary>What the peer did wrong when the cause is <see cref="LineEndCause.Violation"/>.</summary>
    public FrameFault Fault { get; init; }
}
