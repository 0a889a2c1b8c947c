using System;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>A snapshot of one endpoint of an <see cref="EndpointSet"/>.</summary>
/// <param name="Endpoint">The endpoint; its text is redacted.</param>
/// <param name="Attempts">Connection attempts.</param>
/// <param name="Failures">Of these, failed for a reason that speaks against the endpoint, and sessions that ended young or by being sent away.</param>
/// <param name="Open">Sessions that are open.</param>
/// <param name="Breaker">What its circuit breaker lets through.</param>
/// <param name="CoolingFor">How long nobody goes there because the venue asked to stay away; zero when it did not.</param>
/// <param name="IsInDoubt">Whether others come first for the time being.</param>
/// <param name="Latency">Average time from connecting to ready; null before the first.</param>
public sealed record EndpointStatistics(
    Endpoint Endpoint,
    long Attempts,
    long Failures,
    int Open,
    CircuitState Breaker,
    TimeSpan CoolingFor,
    bool IsInDoubt,
    TimeSpan? Latency);
