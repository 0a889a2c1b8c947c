namespace PerfConn.Connections;

/// <summary>
/// Why a session ended or an attempt failed, as far as it matters for what to do next. What each one means for the next attempt stands in
/// <see cref="ReconnectOptions"/>.
/// </summary>
public enum LossKind
{
    /// <summary>The peer closed in good order: 1000, or the end of a raw stream between two messages.</summary>
    Closed,

    /// <summary>The peer goes away or a gateway lost it: 1001, 1014. Another endpoint would do better.</summary>
    GoingAway,

    /// <summary>The network, the name service or the server failed: 1005, 1006, 1011, 1015, HTTP 408, 425, 500, 502, 504, a timeout.</summary>
    Network,

    /// <summary>The service restarts: 1012.</summary>
    Restarting,

    /// <summary>The service is overloaded: 1013.</summary>
    Overloaded,

    /// <summary>The venue asks to stay away for a while: HTTP 418, 429, 503.</summary>
    Throttled,

    /// <summary>The peer holds something against this client: 1008, or a close code that the options call slow.</summary>
    Policy,

    /// <summary>One side does not speak the protocol: 1002, 1003, 1007, 1010, whoever said so.</summary>
    Protocol,

    /// <summary>A message above a limit: 1009. The next one would be as big.</summary>
    TooBig,

    /// <summary>TLS was not established, and not for a lost connection: a certificate, a version, an alert, garbage.</summary>
    Tls,

    /// <summary>The credentials were refused: HTTP 401, 403.</summary>
    Credentials,

    /// <summary>
    /// The request itself was refused (any other HTTP status, or an answer that is no upgrade), a proxy refused credentials or target, the framing does not
    /// fit the address, or the close code is one that the options call fatal.
    /// </summary>
    Refused,
}
