namespace PerfConn.Connections;

/// <summary>In which way a line, or one session of it, ended.</summary>
public enum LineEndCause
{
    /// <summary>The connection failed, or ended without the Close frame that its framing has; or it could not be made.</summary>
    Lost,

    /// <summary>Closed in good order: by a Close frame, or on this side.</summary>
    Closed,

    /// <summary>The peer ended the stream between two messages, which in a framing without Close frames is its goodbye.</summary>
    EndOfStream,

    /// <summary>The peer ended the stream inside a message.</summary>
    Truncated,

    /// <summary>The peer broke the framing or a limit; <see cref="LineEnd.Fault"/> says how.</summary>
    Violation,
}
