using PerfConn.Sequencing;

namespace PerfConn.Feeds.Legs;

/// <summary>Where one stream stands over all its legs.</summary>
internal struct LegStream
{
    /// <summary>The last number delivered, plus one; 0 before the first.</summary>
    public long Next;

    /// <summary>When that tick was received.</summary>
    public long LastTimestamp;

    /// <summary>A bit for each leg that runs with the stream: what it brings next is known to follow on what was delivered, or to have been.</summary>
    public ulong Joined;

    /// <summary>Why a leg fell out last.</summary>
    public GapCause Cause;

    /// <summary>Ticks that wait, of all legs, in the order in which they came; null when none does.</summary>
    public HeldTicks? Held;
}
