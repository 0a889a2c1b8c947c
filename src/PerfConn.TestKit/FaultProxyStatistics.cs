namespace PerfConn.TestKit;

/// <summary>What a <see cref="FaultProxy"/> has seen since its start.</summary>
/// <param name="Accepted">Connections accepted, held ones included.</param>
/// <param name="Open">Of these, not over yet.</param>
/// <param name="BytesFromClients">Bytes read from clients.</param>
/// <param name="BytesToServer">Of these, handed on to the server.</param>
/// <param name="BytesFromServer">Bytes read from the server.</param>
/// <param name="BytesToClients">Of these, handed on to clients.</param>
public readonly record struct FaultProxyStatistics(
    long Accepted,
    int Open,
    long BytesFromClients,
    long BytesToServer,
    long BytesFromServer,
    long BytesToClients);
