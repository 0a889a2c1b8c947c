namespace PerfConn.Subscriptions;

/// <summary>How far the repair of a silent stream has come.</summary>
internal enum StaleStep
{
    /// <summary>Nothing to repair.</summary>
    None,

    Resubscribe,

    Reconnect,

    OtherEndpoint,
}
