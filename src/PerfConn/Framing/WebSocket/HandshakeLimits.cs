namespace PerfConn.Framing.WebSocket;

/// <summary>What the server's answer may be at most (RELIABILITY B07). How slow is an option of <see cref="FrameLimits"/>; the connect deadline bounds its time.</summary>
internal static class HandshakeLimits
{
    /// <summary>Bytes of the whole head.</summary>
    public const int MaxHead = 32 * 1024;

    /// <summary>Bytes of one line.</summary>
    public const int MaxLine = 8 * 1024;

    /// <summary>Header lines.</summary>
    public const int MaxHeaders = 64;
}
