namespace PerfConn.Connections;

/// <summary>What happens to a line. Together with its state it says what comes next; see <see cref="LineTransitions"/>.</summary>
internal enum LineTrigger
{
    /// <summary>An attempt to connect begins.</summary>
    Connect,

    /// <summary>It is connected and logs in.</summary>
    LogIn,

    /// <summary>A session has become the one that delivers.</summary>
    GoLive,

    /// <summary>A stream that expects data has none.</summary>
    GoStale,

    /// <summary>Every stream that expects data has some again.</summary>
    Recover,

    /// <summary>A second session is being made ready.</summary>
    Rotate,

    /// <summary>It could not be; the first one goes on.</summary>
    StayOn,

    /// <summary>The session, or the attempt to make one, is over.</summary>
    Lose,

    /// <summary>The user closes the line.</summary>
    Close,

    /// <summary>Nothing is left open, and nobody goes back.</summary>
    End,

    /// <summary>The retry policy says stop.</summary>
    GiveUp,
}
