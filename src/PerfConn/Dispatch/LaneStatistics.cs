namespace PerfConn.Dispatch;

/// <summary>
/// A lane's counters, exact: every tick given to it has been delivered, dropped or conflated, or is waiting. Taking a snapshot allocates nothing; the figures of one
/// snapshot may be a few ticks apart while the lane runs, and are consistent once it rests.
/// </summary>
/// <param name="Sent">Ticks given to the lane.</param>
/// <param name="Delivered">Ticks that the handler was called with, those that it threw at included.</param>
/// <param name="Dropped">Ticks that found no room, by policy, by the limit of a wait, or by the limit of leased bytes.</param>
/// <param name="Conflated">Ticks replaced by a newer one of the same stream.</param>
public readonly record struct LaneStatistics(long Sent, long Delivered, long Dropped, long Conflated)
{
    /// <summary>Ticks that are in the lane.</summary>
    public long Waiting => Sent - Delivered - Dropped - Conflated;
}
