using System;

namespace PerfConn.Framing;

/// <summary>What a parser accepts at most. A length from the wire meets these before it is used for anything.</summary>
public sealed record FrameLimits
{
    /// <summary>The default limits.</summary>
    public static FrameLimits Default { get; } = new();

    /// <summary>Largest message in bytes, fragments and all; 1 to 1 GiB. WebSocket's control frames do not count. Default: 4 MiB, 200 times a full Binance depth snapshot frame.</summary>
    public int MaxMessageSize
    {
        get;
        init => field = value is >= 1 and <= 1 << 30
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxMessageSize must be from 1 to 1,073,741,824 bytes.");
    } = 4 * 1024 * 1024;

    /// <summary>Most fragments in one message; at least 1. Of a transport that frames by itself only the empty pieces count. Default: 4,096.</summary>
    public int MaxFragments
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxFragments must be at least 1.");
    } = 4096;

    /// <summary>Whether text is checked to be UTF-8, as RFC 6455 section 8.1 demands. Default: true.</summary>
    public bool ValidateText { get; init; } = true;
}
