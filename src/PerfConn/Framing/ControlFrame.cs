namespace PerfConn.Framing;

/// <summary>Control frames, by their RFC 6455 section 5.2 opcode.</summary>
public enum ControlFrame : byte
{
    /// <summary>The peer closes; the payload is a code and a reason, or nothing.</summary>
    Close = 8,

    /// <summary>The peer wants its payload back in a pong.</summary>
    Ping = 9,

    /// <summary>The answer to a ping, or unsolicited.</summary>
    Pong = 10,
}
