namespace PerfConn.Diagnostics;

/// <summary>Why a proxy did not open the way.</summary>
public enum ProxyFailureReason
{
    /// <summary>The proxy itself could not be reached; the inner exception says why.</summary>
    Unreachable,

    /// <summary>It wants credentials and got none (HTTP 407; SOCKS method 2).</summary>
    CredentialsRequired,

    /// <summary>It did not accept the credentials (HTTP 407; RFC 1929 status).</summary>
    CredentialsRefused,

    /// <summary>It accepts none of the ways to log in that were offered (SOCKS method 255).</summary>
    NoAcceptableMethod,

    /// <summary>An HTTP status that opens nothing; <see cref="ProxyException.StatusCode"/> has it.</summary>
    Status,

    /// <summary>SOCKS reply 1: it failed, and says no more.</summary>
    GeneralFailure,

    /// <summary>SOCKS reply 2, HTTP 403: its rules do not allow this target.</summary>
    NotAllowed,

    /// <summary>SOCKS reply 3: it has no network to the target.</summary>
    NetworkUnreachable,

    /// <summary>SOCKS reply 4: it does not reach, or cannot resolve, the target.</summary>
    HostUnreachable,

    /// <summary>SOCKS reply 5: the target refused the connection.</summary>
    ConnectionRefused,

    /// <summary>SOCKS reply 6: the time to live ran out.</summary>
    TimeToLiveExpired,

    /// <summary>SOCKS reply 7: it does not know CONNECT.</summary>
    CommandNotSupported,

    /// <summary>SOCKS reply 8: it does not know this kind of address.</summary>
    AddressTypeNotSupported,

    /// <summary>What it said is not the protocol.</summary>
    Garbage,

    /// <summary>It closed the connection before it had answered.</summary>
    ClosedEarly,

    /// <summary>It did not answer within its deadline.</summary>
    TimedOut,
}
