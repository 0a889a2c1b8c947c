using System;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections.Parallel;

/// <summary>The outcome for one endpoint.</summary>
/// <typeparam name="T">What a connection is.</typeparam>
/// <param name="Index">The endpoint's place in the list given.</param>
/// <param name="Endpoint">The endpoint; its text is redacted.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Connection">The connection; null without one.</param>
/// <param name="Error">The last attempt's failure, typed; null when there was none. A failed endpoint always has one.</param>
/// <param name="Attempts">Attempts begun.</param>
/// <param name="Elapsed">From the start of it all until this was decided.</param>
public sealed record ConnectOutcome<T>(int Index, Endpoint Endpoint, ConnectStatus Status, T? Connection, ConnectionException? Error, int Attempts, TimeSpan Elapsed)
    where T : class;
