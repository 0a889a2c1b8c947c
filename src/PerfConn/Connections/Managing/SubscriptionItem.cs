using PerfConn.Sequencing;

namespace PerfConn.Connections.Managing;

/// <summary>What a subscription brings: a message, or a gap marker that says that messages before the next one may be missing.</summary>
/// <param name="Message">The message; empty in a gap marker.</param>
/// <param name="Gap">Why messages may be missing; null in a message.</param>
/// <param name="Lost">In a gap marker how many are missing; -1 when nobody can know.</param>
public readonly record struct SubscriptionItem(JsonReply Message, GapCause? Gap = null, long Lost = 0)
{
    /// <summary>Whether it is a gap marker.</summary>
    public bool IsGap => Gap is not null;
}
