namespace PerfConn.SimulationTests.Network;

/// <summary>What becomes of an attempt to connect.</summary>
internal enum ConnectFate
{
    /// <summary>It is let in; what the venue answers is another matter.</summary>
    Accepted,

    /// <summary>Nobody listens there.</summary>
    Refused,

    /// <summary>Nobody answers.</summary>
    Hanging,
}
