namespace PerfConn.Diagnostics;

/// <summary>What a connection attempt was doing, in the order in which it does it.</summary>
public enum ConnectStage
{
    /// <summary>Asking for the addresses of a name: the venue's, or the proxy's.</summary>
    Resolving,

    /// <summary>Connecting to the addresses.</summary>
    Connecting,

    /// <summary>Talking to the proxy.</summary>
    Proxy,

    /// <summary>The TLS handshake.</summary>
    Tls,

    /// <summary>The opening handshake of the framing layer.</summary>
    OpeningHandshake,

    /// <summary>The login that the options ask for.</summary>
    LogIn,
}
