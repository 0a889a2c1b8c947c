using System;
using System.Collections.Frozen;
using System.Collections.Generic;

namespace PerfConn.Connections;

/// <summary>How a lost line is made again. Delays are drawn with full jitter and start over once data has arrived on the new line.</summary>
/// <remarks>
/// <para>What a loss means for the next attempt (<see cref="LossKind"/>):</para>
/// <list type="table">
/// <item><term>Closed, GoingAway, Network</term><description>again, with backoff.</description></item>
/// <item><term>Restarting</term><description>again, after a random 5 to 30 s.</description></item>
/// <item><term>Overloaded, Tls</term><description>again, after at least half of <see cref="SlowDelay"/>.</description></item>
/// <item><term>Throttled</term><description>again, after at least what <c>Retry-After</c> says, or half of <see cref="SlowDelay"/> when it is silent.</description></item>
/// <item><term>Policy</term><description>as Overloaded, but <see cref="MaxRepeats"/> in a row end the line.</description></item>
/// <item><term>Protocol</term><description>again, with backoff, but <see cref="MaxRepeats"/> in a row end the line: it is somebody's bug.</description></item>
/// <item><term>Credentials</term><description>once more if <see cref="LineOptions.RefreshEndpoint"/> can bring others; else the line ends.</description></item>
/// <item><term>TooBig, Refused</term><description>the line ends: the next attempt would only repeat it.</description></item>
/// </list>
/// <para>A name resolution, TCP or TLS failure, a timeout and an attempt cut short are Network, Tls or what the server's answer makes of them.</para>
/// </remarks>
public sealed record ReconnectOptions
{
    /// <summary>Upper bound of the first delay. Default: 250 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Upper bound of every delay that backoff draws. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A slow retry waits between half of this and all of it. Default: 60 s.</summary>
    public TimeSpan SlowDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest wait that a server's <c>Retry-After</c> can ask for. Default: 3 days, the longest ban that Binance hands out; who knocks during a ban
    /// prolongs it.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Attempts in a row before the line is given up. Default: null, for ever.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Losses of kind Protocol, or Policy, in a row that end the line. Default: 3.</summary>
    public int MaxRepeats { get; init; } = 3;

    /// <summary>Close codes after which this line is not made again; meant for a venue's own, 3000 to 4999. Default: none.</summary>
    public IReadOnlySet<int> FatalCloseCodes { get; init; } = FrozenSet<int>.Empty;

    /// <summary>Close codes that are taken as 1008 is: a slow retry, and not for ever. Default: none.</summary>
    public IReadOnlySet<int> SlowCloseCodes { get; init; } = FrozenSet<int>.Empty;

    /// <summary>
    /// Asked after each end of a session and each failed attempt that the table above would retry: false ends the line for good. Default: null, which
    /// goes by the table.
    /// </summary>
    /// <remarks>Runs on the line's owner task; an exception that leaves it ends the line.</remarks>
    public Func<LineEnd, bool>? ShouldRetry { get; init; }
}
