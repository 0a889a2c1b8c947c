using System;
using System.Net.Sockets;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport.Proxies;

namespace PerfConn.Transport.Sockets;

/// <summary>Settings of the socket transport.</summary>
/// <remarks>Checked when the <see cref="SocketTransportFactory"/> is made: all that is wrong is told at once.</remarks>
public sealed record SocketTransportOptions
{
    /// <summary>Whether small writes go out at once (<c>TCP_NODELAY</c>). Default: true.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Kernel receive buffer in bytes (<c>SO_RCVBUF</c>), from 1. Default: null, the kernel tunes it.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>Kernel send buffer in bytes (<c>SO_SNDBUF</c>), from 1. Default: null, the kernel tunes it.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>
    /// How long a connection may be idle before the kernel probes the peer (<c>TCP_KEEPIDLE</c>); null sends no probes. 1 ms to 30 days; the kernel is told
    /// whole seconds, rounded up, at most 32,767. Default: 15 s. With the two values below a peer that vanished without a word is noticed after 30 s.
    /// </summary>
    public TimeSpan? KeepAliveTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two probes that go unanswered (<c>TCP_KEEPINTVL</c>), with the same bounds. Default: 5 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Unanswered probes after which the connection is dead (<c>TCP_KEEPCNT</c>), 1 to 127. Default: 3.</summary>
    public int KeepAliveCount { get; init; } = 3;

    /// <summary>
    /// How long sent bytes may stay unacknowledged before the kernel gives the connection up (<c>TCP_USER_TIMEOUT</c>, RFC 5482); null leaves it to the kernel's
    /// retransmissions, about 15 minutes. 1 ms to 30 days; the kernel is told at most 24. Default: 30 s. Has no effect on systems other than Linux.
    /// </summary>
    public TimeSpan? UserTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a blocking write may take (<see cref="ReceiveMode.Thread"/> and <see cref="ReceiveMode.Spin"/>) before it fails and the line with it; 1 ms to 30 days. Default: 10 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the kernel is asked when it received what is read (socket(7), <c>SO_TIMESTAMPNS</c>): <c>Tick.ArrivalTimestamp</c> then tells it, and the time between it
    /// and <c>Tick.ReceiveTimestamp</c> is what the data waited for its reader. Linux, plain connections in every receive mode, TLS in
    /// <see cref="ReceiveMode.Thread"/> and <see cref="ReceiveMode.Spin"/>; without effect elsewhere. Default: false; a read takes some 100 ns more with it.
    /// </summary>
    public bool KernelTimestamps { get; init; }

    /// <summary>Who turns names into addresses. Default: the operating system.</summary>
    public IHostResolver Resolver { get; init; } = SystemHostResolver.Instance;

    /// <summary>How long the resolver may take; 1 ms to 30 days. Default: 5 s. The line's own deadline over the whole attempt runs beside it.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an address has before the next one is tried beside it (RFC 8305 section 5); 0 to 30 days. Default: 250 ms.</summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Which family is tried first; the families then take turns (RFC 8305 section 4). Default: null, that of the address that won the last time, or else of the
    /// resolver's first.
    /// </summary>
    public AddressFamily? FirstFamily { get; init; }

    /// <summary>Whether a factory remembers which address of a host won, and tries it first the next time. Default: true.</summary>
    public bool RemembersAddress { get; init; } = true;

    /// <summary>The proxy to go through. Default: null, none. Nothing is read from the environment. Not used for Unix domain sockets.</summary>
    public ProxyOptions? Proxy { get; init; }

    /// <summary>Where receive blocks come from. Default: <see cref="BlockPool.Shared"/>.</summary>
    public BlockPool Pool { get; init; } = BlockPool.Shared;

    /// <summary>TLS settings for encrypted endpoints.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Where the delays above come from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Check(OptionsCheck check) => check
        .AtLeast(ReceiveBufferSize ?? 1, 1, nameof(ReceiveBufferSize))
        .AtLeast(SendBufferSize ?? 1, 1, nameof(SendBufferSize))
        .Time(KeepAliveTime)
        .Time(KeepAliveInterval)
        .Between(KeepAliveCount, 1, 127)
        .Time(UserTimeout)
        .Time(SendTimeout)
        .NotNull(Resolver)
        .Time(ResolveTimeout)
        .Between(AttemptDelay, TimeSpan.Zero, Retry.LongestDelay)
        .That(
            FirstFamily is null or AddressFamily.InterNetwork or AddressFamily.InterNetworkV6,
            $"FirstFamily must be InterNetwork or InterNetworkV6, it is {FirstFamily}")
        .Nested(Proxy, static (each, errors) => each.Check(errors))
        .NotNull(Pool)
        .NotNull(Tls)
        .Nested(Tls, static (each, errors) => each.Check(errors))
        .NotNull(TimeProvider);
}
