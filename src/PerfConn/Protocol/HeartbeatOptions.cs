using System;
using PerfConn.Diagnostics;

namespace PerfConn.Protocol;

/// <summary>
/// How a line finds out that its peer has vanished without a word. Any byte that arrives is proof of life, a pong no more than others; whether data arrives that somebody
/// expects is another question (<c>DataExpectation</c>).
/// </summary>
/// <remarks>
/// <c>ClientWebSocket</c> answers and sends control pings by itself (its transport's options), so there <see cref="HeartbeatStyle.ControlPing"/> and
/// <see cref="HeartbeatStyle.AnswerPings"/> do nothing; nor do they in a raw framing, which has no pings. The other two work everywhere. Checked when a line is opened.
/// </remarks>
public sealed record HeartbeatOptions
{
    /// <summary>The venue's own (<see cref="VenueLimits.Heartbeat"/>).</summary>
    public static HeartbeatOptions OfVenue { get; } = new();

    /// <summary>Who says something. Default: this side, by control pings.</summary>
    public HeartbeatStyle Style { get; init; }

    /// <summary>Silence after which the line pings, or within which the venue does; 1 ms to 30 days. Default: 20 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after that ping, or beyond that interval, after which the peer is given up; 1 ms to 30 days. Default: 20 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The message of <see cref="HeartbeatStyle.ApplicationPing"/>. It counts against the venue's message window.</summary>
    public ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>Whether it is text. Default: true.</summary>
    public bool IsText { get; init; } = true;

    /// <summary>Whether this side sends anything.</summary>
    internal bool Pings => Style is HeartbeatStyle.ControlPing or HeartbeatStyle.ApplicationPing;

    internal void Check(OptionsCheck check) => check
        .That(Enum.IsDefined(Style), $"Style has no value {Style}")
        .Time(Interval)
        .Time(Timeout);
}
