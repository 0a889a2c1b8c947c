namespace PerfConn.Sequencing;

/// <summary>Why ticks may be missing.</summary>
public enum GapCause
{
    /// <summary>The line was lost and has been made again; what the venue sent in between was not received.</summary>
    Reconnected,

    /// <summary>The subscriber was slower than the feed and its lane dropped ticks.</summary>
    SlowConsumer,

    /// <summary>The venue's sequence numbers leave something out.</summary>
    Sequence,

    /// <summary>The venue's sequence numbers begin anew: what came before and what comes now cannot be compared.</summary>
    Reset,

    /// <summary>The line was moved to a new connection, and the two did not overlap.</summary>
    Rotated,

    /// <summary>The stream was silent for longer than it should be, and speaks again.</summary>
    Stale,

    /// <summary>The stream was subscribed to again, after it had been silent or had been left.</summary>
    Resubscribed,
}
