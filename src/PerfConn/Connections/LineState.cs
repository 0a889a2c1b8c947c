namespace PerfConn.Connections;

/// <summary>Where a line stands.</summary>
public enum LineState
{
    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>Connected: frames are being received.</summary>
    Live,

    /// <summary>Lost: waiting to be made again, or being made.</summary>
    Reconnecting,

    /// <summary>Ended for good: closed by its user, by a peer that it does not go back to, or given up.</summary>
    Closed,
}
