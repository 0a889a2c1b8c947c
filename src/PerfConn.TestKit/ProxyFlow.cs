namespace PerfConn.TestKit;

/// <summary>Whether bytes get through one direction of a <see cref="FaultProxy"/>.</summary>
public enum ProxyFlow
{
    /// <summary>They get through.</summary>
    Pass,

    /// <summary>They are read and lead nowhere: a black hole, whose sender notices nothing.</summary>
    Swallow,

    /// <summary>They are not read any more: the buffers fill, and the sender's window closes.</summary>
    Stall,
}
