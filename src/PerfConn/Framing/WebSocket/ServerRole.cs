namespace PerfConn.Framing.WebSocket;

/// <summary>Parses what a client sends: for the simulator and for tests.</summary>
internal readonly struct ServerRole : IWebSocketRole
{
    public static bool ExpectsMask => true;
}
