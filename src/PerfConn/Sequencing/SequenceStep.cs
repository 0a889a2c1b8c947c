namespace PerfConn.Sequencing;

/// <summary>How a number relates to the one before it.</summary>
internal enum SequenceStep
{
    /// <summary>There is none before it.</summary>
    Begins,

    /// <summary>It is the next, or could be.</summary>
    Follows,

    /// <summary>Something is missing in between.</summary>
    Skips,

    /// <summary>It is an old one.</summary>
    Repeats,

    /// <summary>It belongs to a new count.</summary>
    Restarts,
}
