using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Protocol;

/// <summary>The rules that a venue enforces on one line. Caps move (Kite's moved three times): they are data, never constants.</summary>
/// <remarks>Checked when a line is opened, together with its options. Times are from 1 ms to 30 days, counts from 1, unless they say otherwise.</remarks>
public sealed record VenueLimits
{
    /// <summary>The defaults, one object for all lines of venues that name none: with its heartbeat it is 150 bytes.</summary>
    internal static VenueLimits Default { get; } = new();

    /// <summary>Messages that the line may send in any <see cref="MessageWindow"/>, control frames counted; 2 to 1,000,000. Default: 5.</summary>
    public int MessagesPerWindow { get; init; } = 5;

    /// <summary>The rolling window of <see cref="MessagesPerWindow"/>. Default: 1 s.</summary>
    public TimeSpan MessageWindow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Added to the window: what left 1 s apart arrives closer together when the network delays the first more than the last; 0 to 30 days. Default: 100 ms.
    /// </summary>
    public TimeSpan WindowMargin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Streams that one line may carry. Default: 1,024.</summary>
    public int StreamsPerLine { get; init; } = 1024;

    /// <summary>Streams in one subscribe request. Default: 250, so that 1,000 streams fit into one window of five with a place left for a pong.</summary>
    public int StreamsPerRequest { get; init; } = 250;

    /// <summary>How long the venue may take to answer a request. Default: 10 s.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What keeps its lines alive. Default: a ping of this side after 20 s of silence, 20 s for an answer. Null: nobody says anything.</summary>
    public HeartbeatOptions? Heartbeat { get; init; } = new();

    /// <summary>How long the venue lets a connection live. Default: null, for ever. Binance: 24 h.</summary>
    public TimeSpan? SessionLife { get; init; }

    /// <summary>Requests in a row that may stay unanswered before the session is given up for a new one, whatever else arrives on it. Default: 3.</summary>
    public int UnansweredRequests { get; init; } = 3;

    /// <summary>Connections that may begin in any <see cref="ConnectWindow"/>, all lines together; at least 1. Default: null, any number.</summary>
    public int? ConnectsPerWindow { get; init; }

    /// <summary>The rolling window of <see cref="ConnectsPerWindow"/>. Default: 5 min.</summary>
    public TimeSpan ConnectWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What lines have to share to keep to <see cref="ConnectsPerWindow"/>; null when there is no such rule.</summary>
    /// <param name="time">Where time comes from; null for the system.</param>
    public ConnectRate? CreateConnectRate(TimeProvider? time = null) => ConnectsPerWindow is { } connects ? new ConnectRate(connects, ConnectWindow, time: time) : null;

    internal void Check(OptionsCheck check) => check
        .Between(MessagesPerWindow, 2, 1_000_000)
        .Time(MessageWindow)
        .Between(WindowMargin, TimeSpan.Zero, Retry.LongestDelay)
        .AtLeast(StreamsPerLine, 1)
        .AtLeast(StreamsPerRequest, 1)
        .Time(ReplyTimeout)
        .Nested(Heartbeat, static (each, errors) => each.Check(errors))
        .Time(SessionLife)
        .AtLeast(UnansweredRequests, 1)
        .AtLeast(ConnectsPerWindow ?? 1, 1, nameof(ConnectsPerWindow))
        .Time(ConnectWindow);
}
