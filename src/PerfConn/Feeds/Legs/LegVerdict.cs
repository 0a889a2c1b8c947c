namespace PerfConn.Feeds.Legs;

/// <summary>What becomes of a tick of one leg.</summary>
internal enum LegVerdict
{
    /// <summary>It is the first to come, and nothing is missing before it.</summary>
    Deliver,

    /// <summary>Likewise, but something is missing before it and no other leg can bring it.</summary>
    DeliverAfterGap,

    /// <summary>Another leg has brought it.</summary>
    Repeat,

    /// <summary>It runs ahead of the other legs, which may bring what is missing.</summary>
    Hold,
}
