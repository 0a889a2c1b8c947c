namespace PerfConn.Sequencing;

/// <summary>Why a stream may be acted on, or may not.</summary>
public enum LivenessCause
{
    /// <summary>It ticks, and nothing is known to be missing.</summary>
    Live,

    /// <summary>Nobody has subscribed to it, and it has never ticked; or it has been left.</summary>
    NotSubscribed,

    /// <summary>It is subscribed to, and has not ticked yet.</summary>
    NeverTicked,

    /// <summary>The line is not connected.</summary>
    LineDown,

    /// <summary>Ticks may be missing, and none has come since.</summary>
    GapPending,

    /// <summary>It has been silent for longer than it should be.</summary>
    Stale,

    /// <summary>It ticks, and what is built from it is being built anew.</summary>
    Resyncing,
}
