using System;

namespace PerfConn.Transport;

/// <summary>
/// What a reader in <see cref="ReceiveMode.Spin"/> does while nothing arrives. Make one by <see cref="Busy"/>, <see cref="Yield"/> or <see cref="Park"/>.
/// </summary>
public readonly record struct IdleStrategy
{
    /// <summary>Default of <see cref="Yield"/>: 1,000 polls, about 0.3 ms.</summary>
    public const int DefaultYieldAfter = 1000;

    private static readonly TimeSpan s_longestPark = TimeSpan.FromHours(1);

    private IdleStrategy(int yieldAfter, TimeSpan? parkAfter)
    {
        YieldAfter = yieldAfter;
        ParkAfter = parkAfter;
    }

    /// <summary>Polls without a pause: the lowest latency, and the whole of a core. The default.</summary>
    public static IdleStrategy Busy => default;

    /// <summary>Polls after which the reader gives its core to whoever else wants it, again after each further poll; 0 is never.</summary>
    public int YieldAfter { get; }

    /// <summary>Time without data after which the reader blocks in the kernel until there is some; null is never.</summary>
    public TimeSpan? ParkAfter { get; }

    /// <summary>
    /// Polls, and after so many polls in a row that found nothing gives the core away between two polls. For lines that outnumber the cores.
    /// </summary>
    /// <param name="after">At least 1. Default: <see cref="DefaultYieldAfter"/>.</param>
    public static IdleStrategy Yield(int after = DefaultYieldAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, 1);
        return new IdleStrategy(after, null);
    }

    /// <summary>
    /// Polls, and after this time without data waits in the kernel as <see cref="ReceiveMode.Thread"/> does, which costs the first message after a pause its wake-up. For
    /// feeds that come in bursts.
    /// </summary>
    /// <param name="after">From 0 to an hour.</param>
    public static IdleStrategy Park(TimeSpan after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(after, s_longestPark);
        return new IdleStrategy(0, after);
    }

    /// <summary>The strategy by its name, for logs.</summary>
    public override string ToString() =>
        ParkAfter is { } park ? $"park after {park.TotalMicroseconds:F0} us" : YieldAfter > 0 ? $"yield after {YieldAfter} polls" : "busy";
}
