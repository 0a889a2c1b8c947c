using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <summary>How a lost line is made again. Delays are drawn with full jitter and start over on proof: data, and a healthy session.</summary>
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
    /// <summary>
    /// How long to wait between attempts, and when to stop. Default: null, exponential with full jitter between <see cref="FirstDelay"/> and <see cref="MaxDelay"/>, for ever.
    /// </summary>
    /// <remarks>
    /// The table above holds for every strategy but a custom one (<see cref="Retry.Custom"/>): that is asked about each loss, also the fatal ones, sees the typed error (a
    /// <see cref="LineClosedException"/> with code and reason where the peer closed in good order; <see cref="LossKinds"/> tells its kind and class), and decides alone. Only what the
    /// venue asks for (<c>Retry-After</c>, 1012, 1013) still lengthens its delays. One that throws is logged as a <see cref="RetryStrategyException"/>, and the line goes on with
    /// the default's delay.
    /// </remarks>
    public Retry? Retry { get; init; }

    /// <summary>
    /// How long a session must have lived, beside having brought data, to be proof that the venue works: only then do delays, <see cref="MaxAttempts"/> and the retry budget start
    /// over. A server that lets everybody in and cuts them a second later would be hammered otherwise. Default: 30 s; zero takes data alone for proof.
    /// </summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

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

    /// <summary>Throws when the options cannot be used; names all that is wrong.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public void Validate()
    {
        var check = new OptionsCheck();
        Check(check);
        check.Throw();
    }

    internal void Check(OptionsCheck check)
    {
        TimeSpan longest = Resilience.Retry.LongestDelay;
        check.Between(FirstDelay, TimeSpan.Zero, longest)
            .Between(MaxDelay, TimeSpan.Zero, longest)
            .That(FirstDelay <= MaxDelay || MaxDelay < TimeSpan.Zero, $"FirstDelay must be at most MaxDelay ({MaxDelay}), it is {FirstDelay}")
            .Between(SlowDelay, TimeSpan.Zero, longest)
            .Between(MaxRetryAfter, TimeSpan.Zero, longest)
            .AtLeast(HealthyAfter, TimeSpan.Zero)
            .AtLeast(MaxAttempts ?? 0, 0, nameof(MaxAttempts))
            .AtLeast(MaxRepeats, 1)
            .NotNull(FatalCloseCodes)
            .NotNull(SlowCloseCodes);
    }
}
