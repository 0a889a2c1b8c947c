namespace PerfConn.Sequencing;

/// <summary>Which of two overlapping connections delivers.</summary>
internal enum OverlapPhase
{
    /// <summary>There is only one.</summary>
    Off,

    /// <summary>The old one.</summary>
    Noting,

    /// <summary>The new one.</summary>
    Matching,
}
