namespace PerfConn.Connections;

/// <summary>Where a line stands. What leads from one to the next is written down in one table; the folder's README draws it.</summary>
public enum LineState
{
    /// <summary>Made, and not yet told to connect.</summary>
    Idle,

    /// <summary>A connection is being made.</summary>
    Connecting,

    /// <summary>Connected; the login that the options ask for is under way.</summary>
    Authenticating,

    /// <summary>Connected: messages are being received.</summary>
    Live,

    /// <summary>Connected, but a stream that expects data has none: it is being repaired.</summary>
    Degraded,

    /// <summary>Connected, and a second connection is being made ready to take over.</summary>
    Rotating,

    /// <summary>Lost: waiting to be made again.</summary>
    Reconnecting,

    /// <summary>Closed by its user; the goodbye is under way.</summary>
    Draining,

    /// <summary>Ended for good, in good order: by its user, or by its peer where the line does not go back to it.</summary>
    Closed,

    /// <summary>Ended for good, given up: the retries are spent, or another attempt would only repeat the failure.</summary>
    Faulted,
}
