namespace PerfConn.Framing.WebSocket;

/// <summary>What the server's answer may be at most (RELIABILITY B07). How slow is an option of <see cref="FrameLimits"/>; the connect deadline bounds its time.</summary>
internal static class HandshakeLimits
{
    /// <summary>Bytes of the whole head.</summary>
    public const int MaxHead = 32 * 1024;

    /// <summary>Bytes that nearly every head fits into: the first buffer, because the shared pool makes one of the longest for each thread that connects.</summary>
    public const int UsualHead = 2 * 1024;

    /// <summary>Bytes of one line.</summary>
    public const int MaxLine = 8 * 1024;

    /// <summary>Header lines.</summary>
    public const int MaxHeaders = 64;
}
