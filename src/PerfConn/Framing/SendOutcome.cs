namespace PerfConn.Framing;

/// <summary>What became of a send that does not wait.</summary>
public enum SendOutcome
{
    /// <summary>It is in the ordered stream, behind everything that was accepted before it.</summary>
    Accepted,

    /// <summary>No room: <see cref="SendLimits.MaxPendingBytes"/> are pending, or others are waiting for their turn. Nothing of it was taken.</summary>
    Full,

    /// <summary>The connection takes nothing any more, or there is none. Nothing of it was taken.</summary>
    Closed,
}
