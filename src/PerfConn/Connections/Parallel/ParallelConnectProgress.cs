using System;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections.Parallel;

/// <summary>A report while several connections are made. Each is consistent in itself; several threads report, so two may arrive in another order than they were made.</summary>
/// <param name="Step">What has just happened.</param>
/// <param name="Index">The endpoint's place in the list given; -1 when it is about none.</param>
/// <param name="Endpoint">The endpoint; null when it is about none.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="Error">Why an attempt or an endpoint failed; else null.</param>
/// <param name="RetryIn">When the next attempt follows; else null.</param>
/// <param name="Total">All endpoints.</param>
/// <param name="Connected">Endpoints connected by now.</param>
/// <param name="Failed">Endpoints failed for good by now.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="Elapsed">Since the start.</param>
public sealed record ParallelConnectProgress(
    ParallelConnectStep Step,
    int Index,
    Endpoint? Endpoint,
    int Attempt,
    ConnectionException? Error,
    TimeSpan? RetryIn,
    int Total,
    int Connected,
    int Failed,
    int InFlight,
    TimeSpan Elapsed);
