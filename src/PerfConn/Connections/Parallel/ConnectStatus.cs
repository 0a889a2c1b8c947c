namespace PerfConn.Connections.Parallel;

/// <summary>What became of one of several endpoints.</summary>
public enum ConnectStatus
{
    /// <summary>There is a connection.</summary>
    Connected,

    /// <summary>There is none, and no more attempts are made.</summary>
    Failed,

    /// <summary>It was not needed any more: enough others had connected. What it had opened is closed.</summary>
    Abandoned,
}
