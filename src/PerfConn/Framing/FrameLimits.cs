using System;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <summary>
/// What a peer may send at most, and how slowly: every cap of the receive side. A length from the wire meets these before it is used for anything. Not settable are the
/// sizes of an opening handshake's answer: 32 KiB in all, 8 KiB a line, 64 headers.
/// </summary>
/// <remarks>Checked by <c>LineOptions.Validate</c>, and when a line is opened.</remarks>
public sealed record FrameLimits
{
    /// <summary>The default limits.</summary>
    public static FrameLimits Default { get; } = new();

    /// <summary>Largest message in bytes, fragments and all; 1 to 1 GiB. WebSocket's control frames do not count. Default: 4 MiB, 200 times a full Binance depth snapshot frame.</summary>
    public int MaxMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most fragments in one message; at least 1. Of a transport that frames by itself only the empty pieces count. Default: 4,096.</summary>
    public int MaxFragments { get; init; } = 4096;

    /// <summary>
    /// How long a message may take from its first byte to its last, however it trickles and whatever comes between its fragments (RELIABILITY B35, B44); 1 ms to a day,
    /// or null for ever. What takes longer ends the connection with <see cref="Diagnostics.MessageTimeoutException"/>, close code 1008. Default: 60 s, in which the
    /// largest message by default comes at 70 KB/s.
    /// </summary>
    /// <remarks>
    /// Looked at by a timer, four times within the limit, so that receiving costs nothing more: a message is ended between one and one and a quarter of it. Time in
    /// which the receive loop waits for a handler does not count. Of a transport that frames by itself the message begins with the first piece that it hands over.
    /// </remarks>
    public TimeSpan? MessageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most pings and pongs in a second (RELIABILITY B38, B39); 1 to 1,000,000, or null for any number. A second's worth may come at once and is then refilled at this
    /// rate. More end the connection with close code 1008. Default: 1,000; venues ping every few seconds or minutes.
    /// </summary>
    /// <remarks><c>ClientWebSocket</c> answers pings by itself and shows none, so nothing is counted there.</remarks>
    public int? MaxControlFramesPerSecond { get; init; } = 1000;

    /// <summary>
    /// Bytes per second at which the answer to an opening handshake must arrive, counted from its first byte on and held against it after
    /// <see cref="HandshakeGrace"/> (RELIABILITY B07); 1 to 1 MiB, or null for any rate. Until its first byte, and in all, only <c>ConnectTimeout</c> bounds it. Default: 240,
    /// Kestrel's figure for a request's body.
    /// </summary>
    /// <remarks>Of handshakes made here; <c>ClientWebSocket</c> makes its own.</remarks>
    public int? MinHandshakeRate { get; init; } = 240;

    /// <summary>How long after its first byte an answer may be slower than <see cref="MinHandshakeRate"/>; 0 to a day. Default: 5 s, as Kestrel has it.</summary>
    public TimeSpan HandshakeGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether text is checked to be UTF-8, as RFC 6455 section 8.1 demands. Default: true.</summary>
    public bool ValidateText { get; init; } = true;

    internal void Check(OptionsCheck check)
    {
        var day = TimeSpan.FromDays(1);
        check.Between(MaxMessageSize, 1, 1 << 30)
            .AtLeast(MaxFragments, 1)
            .Between(MessageTimeout ?? day, TimeSpan.FromMilliseconds(1), day, nameof(MessageTimeout))
            .Between(MaxControlFramesPerSecond ?? 1, 1, 1_000_000, nameof(MaxControlFramesPerSecond))
            .Between(MinHandshakeRate ?? 1, 1, 1024 * 1024, nameof(MinHandshakeRate))
            .Between(HandshakeGrace, TimeSpan.Zero, day);
    }
}
