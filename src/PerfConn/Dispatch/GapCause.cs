namespace PerfConn.Dispatch;

/// <summary>Why ticks may be missing.</summary>
public enum GapCause
{
    /// <summary>The line was lost and has been made again; what the venue sent in between was not received.</summary>
    Reconnected,

    /// <summary>The subscriber was slower than the feed and its lane dropped ticks.</summary>
    SlowConsumer,
}
