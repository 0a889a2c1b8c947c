namespace PerfConn.Resilience;

/// <summary>Which of several endpoints that could be tried is tried first.</summary>
public enum EndpointOrder
{
    /// <summary>The first in the list: a primary and its stand-ins.</summary>
    Listed,

    /// <summary>Any, by chance, in proportion to its weight.</summary>
    Weighted,

    /// <summary>The one that connects fastest; one that has not been measured yet comes before.</summary>
    Latency,
}
