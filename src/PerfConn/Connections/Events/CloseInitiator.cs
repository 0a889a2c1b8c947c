namespace PerfConn.Connections.Events;

/// <summary>Who ended a line.</summary>
public enum CloseInitiator
{
    /// <summary>Its user.</summary>
    User,

    /// <summary>The peer.</summary>
    Peer,

    /// <summary>The line itself, because of a failure.</summary>
    Line,
}
