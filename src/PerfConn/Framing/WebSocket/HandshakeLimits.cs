using System;

namespace PerfConn.Framing.WebSocket;

/// <summary>What the server's answer may be at most (RELIABILITY B07), and how slow; the connect deadline bounds its time.</summary>
internal static class HandshakeLimits
{
    /// <summary>Bytes of the whole head.</summary>
    public const int MaxHead = 32 * 1024;

    /// <summary>Bytes of one line.</summary>
    public const int MaxLine = 8 * 1024;

    /// <summary>Header lines.</summary>
    public const int MaxHeaders = 64;

    /// <summary>Bytes per second from the first byte on, after <see cref="Grace"/>: Kestrel's figure for a request's body.</summary>
    public const int MinRate = 240;

    /// <summary>How long after its first byte an answer may be slower than that, as Kestrel has it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
}
