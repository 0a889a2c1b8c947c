namespace PerfConn.TestKit.Streams;

/// <summary>What stands between a direction's next byte and its receiver.</summary>
internal enum Gate
{
    /// <summary>Nothing.</summary>
    Open,

    /// <summary>A pause, by the plan's time.</summary>
    Pause,

    /// <summary>The connection is cut here.</summary>
    Cut,

    /// <summary>Nothing gets there any more.</summary>
    Swallow,

    /// <summary>Whoever tries waits for ever.</summary>
    Stall,
}
