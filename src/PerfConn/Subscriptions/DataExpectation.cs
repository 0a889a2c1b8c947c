using System;

namespace PerfConn.Subscriptions;

/// <summary>
/// How long a stream may bring nothing before something is done about it. Pongs, acknowledgements and other streams' ticks do not count: a line may be in perfect health while
/// one of its streams has died at the venue.
/// </summary>
/// <remarks>
/// What is done, one step after the other as long as nothing comes: the stream is left and joined again, the connection is made again, the connection is made again to another
/// endpoint. Silence while this side sleeps, or holds up the line itself, does not count.
/// </remarks>
public sealed record DataExpectation
{
    private DataExpectation(TimeSpan limit, bool isLearned)
    {
        Limit = limit;
        IsLearned = isLearned;
    }

    /// <summary>The longest silence, or the one that is allowed until enough has been learnt.</summary>
    public TimeSpan Limit { get; }

    /// <summary>Whether the limit follows what the stream does.</summary>
    public bool IsLearned { get; }

    /// <summary>A learnt limit is this many times the longest silence seen. Default: 4.</summary>
    public double Factor { get; private init; } = 4;

    /// <summary>A learnt limit is at least this. Default: 10 s.</summary>
    public TimeSpan Floor { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream is watched before what was learnt counts. Default: 5 min.</summary>
    public TimeSpan LearnFor { get; private init; } = TimeSpan.FromMinutes(5);

    /// <summary>The stream ticks at least this often.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public static DataExpectation Within(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return new DataExpectation(limit, isLearned: false);
    }

    /// <summary>
    /// The stream ticks as it has so far: a silence of <paramref name="factor"/> times the longest one seen is too long. Until it has been watched for
    /// <paramref name="learnFor"/>, and at most, <paramref name="ceiling"/> is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A factor below 1, a floor that is not positive, or a ceiling below it.</exception>
    public static DataExpectation Learned(TimeSpan ceiling, double factor = 4, TimeSpan? floor = null, TimeSpan? learnFor = null)
    {
        TimeSpan least = floor ?? TimeSpan.FromSeconds(10);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        if (least <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "The floor must be positive.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(ceiling, least);
        return new DataExpectation(ceiling, isLearned: true) { Factor = factor, Floor = least, LearnFor = learnFor ?? TimeSpan.FromMinutes(5) };
    }
}
