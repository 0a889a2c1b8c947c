namespace PerfConn.Framing.WebSocket;

/// <summary>Parses what a server sends.</summary>
internal readonly struct ClientRole : IWebSocketRole
{
    public static bool ExpectsMask => false;
}
