using System;
using System.Net.WebSockets;
using System.Threading;

namespace PerfConn.Transport.WebSockets;

/// <summary>Settings of the <see cref="ClientWebSocket"/> transport.</summary>
public sealed record ClientWebSocketTransportOptions
{
    /// <summary>Receive buffer in bytes, which is also the largest piece of a message that one record carries. Default: 64 KiB.</summary>
    public int ReceiveBufferSize { get; init; } = 64 * 1024;

    /// <summary>Interval of the framework's own pings. Default: none; liveness is the line's own business.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the framework waits for the pong of such a ping. Default: for ever.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long disposing waits for what was sent to leave, a Close frame above all, before it cuts the connection. Default: 2 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of that timeout. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Accepts any certificate from anybody: for tests only. Default: false.</summary>
    public bool DangerouslyAcceptAnyCertificate { get; init; }

    /// <summary>Sets anything else on the framework's options, last. Default: nothing.</summary>
    public Action<ClientWebSocketOptions>? Configure { get; init; }
}
