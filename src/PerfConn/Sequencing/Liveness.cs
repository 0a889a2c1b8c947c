namespace PerfConn.Sequencing;

/// <summary>Whether it is safe to act on a stream now; if not, why, and since when.</summary>
/// <param name="Why">The answer.</param>
/// <param name="Since">Since when it holds, in ticks of the line's <see cref="System.TimeProvider.TimestampFrequency"/>; 0 for always.</param>
public readonly record struct Liveness(LivenessCause Why, long Since)
{
    /// <summary>Whether it is.</summary>
    public bool IsLive => Why == LivenessCause.Live;
}
