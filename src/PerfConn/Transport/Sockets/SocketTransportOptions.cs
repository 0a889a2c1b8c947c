using System;
using PerfConn.Buffers;

namespace PerfConn.Transport.Sockets;

/// <summary>Settings of the socket transport.</summary>
public sealed record SocketTransportOptions
{
    /// <summary>Whether small writes go out at once (<c>TCP_NODELAY</c>). Default: true.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Kernel receive buffer in bytes (<c>SO_RCVBUF</c>). Default: null, the kernel tunes it.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>Kernel send buffer in bytes (<c>SO_SNDBUF</c>). Default: null, the kernel tunes it.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>How long a blocking write may take (<see cref="ReceiveMode.Thread"/> only) before it fails and the line with it. Default: 10 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where receive blocks come from. Default: <see cref="BlockPool.Shared"/>.</summary>
    public BlockPool Pool { get; init; } = BlockPool.Shared;

    /// <summary>TLS settings for <c>wss</c> endpoints.</summary>
    public TlsOptions Tls { get; init; } = new();
}
