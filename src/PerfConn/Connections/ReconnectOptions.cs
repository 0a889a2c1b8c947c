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

    /// <summary>
    /// Asked after each end of a session and each failed attempt: false ends the line for good. Default: null, which goes on after everything but what
    /// another attempt would only repeat. That list is not open to it: a refused upgrade (4xx except 408, 418, 425, 429), a message above the line's own
    /// limit (1009), and three protocol violations in a row end a line whatever it says.
    /// </summary>
    /// <remarks>Runs on the line's owner task; an exception that leaves it ends the line.</remarks>
    public Func<LineEnd, bool>? ShouldRetry { get; init; }
}
