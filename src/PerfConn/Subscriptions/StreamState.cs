namespace PerfConn.Subscriptions;

/// <summary>
/// Where a stream stands with the venue. Intent (is anybody subscribed?) is kept apart, in the entry's subscribers: whatever reply comes late,
/// the last word is the user's.
/// </summary>
internal enum StreamState
{
    /// <summary>The venue has not been asked on this session.</summary>
    Unsent,

    /// <summary>A subscribe request is under way.</summary>
    Subscribing,

    /// <summary>The venue has confirmed.</summary>
    Confirmed,

    /// <summary>An unsubscribe request is under way.</summary>
    Unsubscribing,

    /// <summary>The venue has not answered, so it may stand or not: asked for again if it is wanted, left if it is not.</summary>
    Doubtful,

    /// <summary>Confirmed and silent: to be left and joined again.</summary>
    Rejoining,

    /// <summary>Refused on a session that is not yet the present one; its holders learn of it when it becomes that.</summary>
    Refused,
}
