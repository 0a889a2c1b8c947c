using System;

namespace PerfConn.Connections;

/// <summary>How a lost line is made again. Delays are drawn with full jitter and start over once data has arrived on the new line.</summary>
public sealed record ReconnectOptions
{
    /// <summary>Upper bound of the first delay. Default: 250 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Upper bound of every delay. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts in a row before the line is given up. Default: null, for ever.</summary>
    public int? MaxAttempts { get; init; }
}
