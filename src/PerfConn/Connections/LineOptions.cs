using System;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Framing;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Connections;

/// <summary>Settings of a line.</summary>
public sealed record LineOptions
{
    /// <summary>What opens the connections. Default: TCP, with TLS for <c>wss</c>.</summary>
    public ITransportFactory Transport { get; init; } = new SocketTransportFactory();

    /// <summary>Which thread reads the line. Default: the thread pool.</summary>
    public ReceiveMode ReceiveMode { get; init; }

    /// <summary>What the framing layer accepts at most.</summary>
    public FrameLimits Limits { get; init; } = FrameLimits.Default;

    /// <summary>What the write side holds back at most, and how long a write may take.</summary>
    public SendLimits SendLimits { get; init; } = SendLimits.Default;

    /// <summary>
    /// The symbol map; share one among lines whose ids shall mean the same. Default: null, a map of the line's own with the venue's idea of case.
    /// </summary>
    public SymbolMap? Symbols { get; init; }

    /// <summary>One deadline over name resolution, TCP, TLS and upgrade. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the peer may take to answer a Close frame. Default: 2 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How a lost line is made again; null ends the line at its first loss. Default: at once and for ever, with backoff.</summary>
    public ReconnectOptions? Reconnect { get; init; } = new();

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of the reconnect jitter. Default: null, an unpredictable one; tests set it to replay.</summary>
    public int? JitterSeed { get; init; }

    /// <summary>Where the line logs to. Default: nowhere. Ticks are never logged.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
