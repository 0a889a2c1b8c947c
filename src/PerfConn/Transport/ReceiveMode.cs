namespace PerfConn.Transport;

/// <summary>Which thread reads a line.</summary>
public enum ReceiveMode
{
    /// <summary>
    /// The thread pool, woken by the runtime's socket engine: many lines on few threads. The engine is woken by the kernel for every segment that arrives, whether
    /// somebody waits or not.
    /// </summary>
    Async,

    /// <summary>
    /// A thread of the line's own that blocks in the kernel until there is data. The socket never meets the engine, so a segment wakes nobody but its reader: about
    /// half the CPU per message on a full line. A transport that cannot block (ClientWebSocket, in-memory, a custom one) falls back to <see cref="Async"/>, and
    /// the line logs it.
    /// </summary>
    Thread,

    /// <summary>
    /// A thread of the line's own that polls the socket: nobody has to be woken, which gives the lowest latency and spends a core. What it does while nothing arrives is
    /// the line's <see cref="IdleStrategy"/>. Plain and TLS sockets on Linux; elsewhere it is read as in <see cref="Thread"/>, and by other transports as in
    /// <see cref="Async"/>, which the line logs.
    /// </summary>
    Spin,
}
