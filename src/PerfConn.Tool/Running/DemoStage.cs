namespace PerfConn.Tool.Running;

/// <summary>How far the demo is.</summary>
internal enum DemoStage
{
    /// <summary>The venue is confirming streams, and symbols tick for the first time.</summary>
    Subscribing,

    /// <summary>Code is still being compiled; nothing counts yet.</summary>
    WarmingUp,

    /// <summary>What is reported.</summary>
    Steady,

    /// <summary>What came is held against what the venue says it has sent.</summary>
    Checking,
}
