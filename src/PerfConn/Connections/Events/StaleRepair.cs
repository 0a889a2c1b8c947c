namespace PerfConn.Connections.Events;

/// <summary>What is done about a stream without data; each step follows when the one before has not helped for as long as data may be missing.</summary>
public enum StaleRepair
{
    /// <summary>The stream is left and joined again on the same connection.</summary>
    Resubscribe,

    /// <summary>The connection is made again.</summary>
    Reconnect,

    /// <summary>The connection is made again to another endpoint, where there is one.</summary>
    OtherEndpoint,
}
