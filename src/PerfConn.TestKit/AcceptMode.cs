namespace PerfConn.TestKit;

/// <summary>What becomes of new connections to a <see cref="FaultProxy"/>.</summary>
public enum AcceptMode
{
    /// <summary>They are carried on to the target.</summary>
    Relay,

    /// <summary>They are accepted and held without a word; once the mode is <see cref="Relay"/> again they are carried on.</summary>
    Hold,

    /// <summary>They are refused by the system; the port stays the proxy's.</summary>
    Refuse,
}
