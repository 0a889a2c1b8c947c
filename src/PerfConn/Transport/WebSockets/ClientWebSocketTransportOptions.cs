using System;
using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Transport.WebSockets;

/// <summary>Settings of the <see cref="ClientWebSocket"/> transport.</summary>
/// <remarks>Checked when the <see cref="ClientWebSocketTransportFactory"/> is made: all that is wrong is told at once.</remarks>
public sealed record ClientWebSocketTransportOptions
{
    /// <summary>
    /// Receive buffer in bytes, which is also the largest piece of a message that one record carries; more than a quarter of a block is not used.
    /// From 1. Default: 32 KiB.
    /// </summary>
    public int ReceiveBufferSize { get; init; } = 32 * 1024;

    /// <summary>Where messages are collected for the line. Default: the shared pool.</summary>
    public BlockPool Pool { get; init; } = BlockPool.Shared;

    /// <summary>
    /// Interval of the framework's own pings on a line that is silent; 1 ms to 30 days, or zero or infinite for none. Default: 20 s. The framework offers no way to send
    /// a ping, so a peer that vanished without a word is noticed by these or, by TCP, after some 15 minutes (dotnet/runtime#42508).
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the framework waits for the pong of such a ping before it gives the connection up; 1 ms to 30 days, or infinite. Default: 20 s. A pong is seen only
    /// while the line is being read: a handler that blocks for longer costs the line.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long disposing waits for what was sent to leave, a Close frame above all, before it cuts the connection; 0 to 30 days. Default: 2 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of that timeout. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Accepts any certificate from anybody: for tests only. Default: false.</summary>
    public bool DangerouslyAcceptAnyCertificate { get; init; }

    /// <summary>The proxy. Default: null, none; credentials are those of the object.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Client certificates to offer. Default: none. Not together with <see cref="Invoker"/>, whose handler has its own.</summary>
    public X509CertificateCollection? ClientCertificates { get; init; }

    /// <summary>
    /// permessage-deflate as the framework does it. Default: null, not offered: compressed messages tell by their size what they have in common with
    /// secrets that share their window (CRIME), and cost memory.
    /// </summary>
    public WebSocketDeflateOptions? Deflate { get; init; }

    /// <summary>The HTTP version of the upgrade: 1.1, or 2.0 (RFC 8441). Default: 1.1.</summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>What may happen when that version cannot be had. Default: a lower one is used.</summary>
    public HttpVersionPolicy HttpVersionPolicy { get; init; } = HttpVersionPolicy.RequestVersionOrLower;

    /// <summary>
    /// The handler that connects, shared among lines: with it the handler's own settings (proxy, certificates, connect callback) hold, and lines over HTTP/2 share
    /// a connection. Default: null, the framework's own for each line. It is not disposed here.
    /// </summary>
    public HttpMessageInvoker? Invoker { get; init; }

    /// <summary>Sets anything else on the framework's options, last. Default: nothing.</summary>
    public Action<ClientWebSocketOptions>? Configure { get; init; }

    internal void Check(OptionsCheck check) => check
        .AtLeast(ReceiveBufferSize, 1)
        .NotNull(Pool)
        .Time(KeepAliveInterval == TimeSpan.Zero || KeepAliveInterval == Timeout.InfiniteTimeSpan ? null : KeepAliveInterval, nameof(KeepAliveInterval))
        .Time(KeepAliveTimeout == Timeout.InfiniteTimeSpan ? null : KeepAliveTimeout, nameof(KeepAliveTimeout))
        .Between(CloseTimeout, TimeSpan.Zero, Retry.LongestDelay)
        .NotNull(TimeProvider)
        .NotNull(HttpVersion);
}
