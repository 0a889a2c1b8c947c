using System;

namespace PerfConn.Resilience;

/// <summary>
/// Full-jitter exponential backoff: the n-th delay is uniform between 0 and min(cap, base * 2^n). The jitter stays on at the cap, so that a
/// crowd that lost its server together never comes back together (AWS architecture blog, "Exponential backoff and jitter").
/// </summary>
/// <remarks>Not thread-safe: one reconnecting owner has one. <see cref="Reset"/> it on proof (real data), not on a mere connect.</remarks>
public sealed class Backoff
{
    private const int MaxDoublings = 30;

    private readonly TimeSpan _first;
    private readonly TimeSpan _cap;
    private readonly Random _random;

    /// <summary>Makes a backoff.</summary>
    /// <param name="first">Upper bound of the first delay.</param>
    /// <param name="cap">Upper bound of every delay.</param>
    /// <param name="random">Where the jitter comes from.</param>
    public Backoff(TimeSpan first, TimeSpan cap, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(cap, first);
        _first = first;
        _cap = cap;
        _random = random;
    }

    /// <summary>Delays given since the last reset.</summary>
    public int Attempts { get; private set; }

    /// <summary>The next delay.</summary>
    public TimeSpan Next()
    {
        double bound = Math.Min(_cap.Ticks, _first.Ticks * Math.Pow(2, Math.Min(Attempts, MaxDoublings)));
        Attempts++;
        return TimeSpan.FromTicks((long)(_random.NextDouble() * bound));
    }

    /// <summary>Starts over.</summary>
    public void Reset() => Attempts = 0;
}
