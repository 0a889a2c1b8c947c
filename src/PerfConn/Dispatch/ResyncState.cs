namespace PerfConn.Dispatch;

/// <summary>Where a symbol stands with its snapshot.</summary>
internal enum ResyncState
{
    /// <summary>Nothing has been asked for.</summary>
    Unsynced,

    /// <summary>A snapshot is being fetched; deltas wait.</summary>
    Fetching,

    /// <summary>The snapshot has been delivered, and no delta after it yet.</summary>
    Joining,

    /// <summary>Deltas go straight through.</summary>
    Synced,

    /// <summary>All attempts have failed; deltas are dropped.</summary>
    Failed,
}
