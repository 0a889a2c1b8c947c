namespace PerfConn.Diagnostics;

/// <summary>Why a name has no address to connect to.</summary>
public enum ResolveFailureReason
{
    /// <summary>Something else; the inner exception says what.</summary>
    Other,

    /// <summary>There is no such name (NXDOMAIN).</summary>
    NotFound,

    /// <summary>The name servers could not answer (SERVFAIL, or none within reach).</summary>
    ServerFailure,

    /// <summary>The name exists and has no address.</summary>
    NoAddress,

    /// <summary>There was no answer within the resolver's deadline.</summary>
    TimedOut,
}
