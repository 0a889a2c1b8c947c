namespace PerfConn.Interop;

/// <summary>The ways of PerfConn to a WebSocket peer.</summary>
public enum Way
{
    /// <summary>The socket transport, read by the thread pool.</summary>
    Async,

    /// <summary>The socket transport, read by a thread of its own.</summary>
    Thread,

    /// <summary>The framework's client.</summary>
    ClientWebSocket,
}
