namespace PerfConn.Diagnostics;

/// <summary>Why TLS could not be had. Where a certificate has several faults, the first of this list that applies is told.</summary>
public enum TlsFailureReason
{
    /// <summary>Something else; the inner exception says what.</summary>
    Other,

    /// <summary>The server showed no certificate.</summary>
    NoCertificate,

    /// <summary>The certificate, or one of its chain, has been revoked.</summary>
    Revoked,

    /// <summary>The chain ends in no trusted root.</summary>
    UntrustedRoot,

    /// <summary>The certificate is for another host.</summary>
    WrongHost,

    /// <summary>The certificate may not be used by a server (extended key usage).</summary>
    WrongUsage,

    /// <summary>The certificate, or one of its chain, is not valid yet.</summary>
    NotYetValid,

    /// <summary>The certificate, or one of its chain, is not valid any more.</summary>
    Expired,

    /// <summary>It could not be found out whether the certificate has been revoked.</summary>
    RevocationUnknown,

    /// <summary>Another fault of the certificate's chain; the message names it.</summary>
    InvalidChain,

    /// <summary>No key of the chain is on the list of pins.</summary>
    PinMismatch,

    /// <summary>The caller's own check refused the certificate.</summary>
    RefusedByCheck,

    /// <summary>There is no TLS version that both sides accept.</summary>
    ProtocolVersion,

    /// <summary>The server ended the handshake with an alert.</summary>
    Alert,

    /// <summary>What came is not TLS, or not what TLS allows at this point.</summary>
    Garbage,

    /// <summary>The connection was lost during the handshake.</summary>
    ConnectionLost,
}
