using System;

namespace PerfConn.Connections;

/// <summary>
/// How a line finds out that its peer has vanished without a word: a ping into the silence, and a bounded wait for anything at all. Any byte that arrives is proof of
/// life, a pong no more than others.
/// </summary>
/// <remarks>
/// For framings with pings over transports that carry bytes. <c>ClientWebSocket</c> pings by itself (its transport's options); a raw framing has no ping, and there the
/// kernel's keep-alive probes notice a dead peer (socket transport options).
/// </remarks>
public sealed record HeartbeatOptions
{
    /// <summary>Silence after which the line pings. Default: 20 s.</summary>
    public TimeSpan Interval
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Interval must be positive.");
    } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after that ping after which the peer is given up. Default: 20 s.</summary>
    public TimeSpan Timeout
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Timeout must be positive.");
    } = TimeSpan.FromSeconds(20);
}
