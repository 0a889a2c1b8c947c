namespace PerfConn.Framing.WebSocket;

/// <summary>Which end of a WebSocket a parser is: a client must see no masked frame, a server only masked ones (RFC 6455 section 5.1).</summary>
internal interface IWebSocketRole
{
    static abstract bool ExpectsMask { get; }
}
