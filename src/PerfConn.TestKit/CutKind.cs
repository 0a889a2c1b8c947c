namespace PerfConn.TestKit;

/// <summary>How a connection is cut.</summary>
public enum CutKind
{
    /// <summary>One direction ends in good order (a FIN over TCP); the other goes on.</summary>
    HalfClose,

    /// <summary>Both directions end in good order, without a farewell of the protocol above.</summary>
    Close,

    /// <summary>Both directions fail (a RST over TCP).</summary>
    Reset,
}
