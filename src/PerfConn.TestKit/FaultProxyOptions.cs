using System;

namespace PerfConn.TestKit;

/// <summary>Settings of a <see cref="FaultProxy"/>.</summary>
public sealed record FaultProxyOptions
{
    /// <summary>The port on 127.0.0.1 to listen on. Default: 0, any free one.</summary>
    public int Port { get; init; }

    /// <summary>Seeds what is left to chance: jitter and the sizes of slices. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>The kernel's buffers of the proxy's sockets in bytes (<c>SO_RCVBUF</c>, <c>SO_SNDBUF</c>). Default: null, the kernel's choice.</summary>
    public int? SocketBufferSize { get; init; }

    /// <summary>The time that latency, bandwidth and pauses go by. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What befalls bytes on their way to the server, from the start. Default: nothing.</summary>
    public ProxyFaults ToServer { get; init; } = ProxyFaults.None;

    /// <summary>What befalls bytes on their way to the client, from the start. Default: nothing.</summary>
    public ProxyFaults ToClient { get; init; } = ProxyFaults.None;
}
