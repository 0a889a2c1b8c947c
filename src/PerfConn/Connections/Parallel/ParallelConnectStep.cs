namespace PerfConn.Connections.Parallel;

/// <summary>What has just happened while several connections are made.</summary>
public enum ParallelConnectStep
{
    /// <summary>An attempt begins.</summary>
    AttemptStarted,

    /// <summary>An attempt has failed, and another follows.</summary>
    AttemptFailed,

    /// <summary>An endpoint is connected.</summary>
    Connected,

    /// <summary>An endpoint has failed for good.</summary>
    Failed,

    /// <summary>An endpoint is not needed any more.</summary>
    Abandoned,

    /// <summary>What failed is tried once more, one by one.</summary>
    OneByOne,
}
