using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Connections;

/// <summary>Settings of a line.</summary>
/// <remarks>What is out of range here and in the options inside is told all at once, by <see cref="Validate"/> and when a line is opened; never while they are being set.</remarks>
public sealed record LineOptions
{
    /// <summary>What opens the connections. Default: TCP, with TLS for <c>wss</c> and <c>tls</c>.</summary>
    public ITransportFactory Transport { get; init; } = new SocketTransportFactory();

    /// <summary>
    /// How bytes become messages. Default: WebSocket. Another goes with an address of a raw connection (<c>tcp</c>, <c>tls</c>); a transport that frames by itself
    /// (<see cref="TransportContent.Messages"/>) has no use for one and is refused with it.
    /// </summary>
    public MessageFraming Framing { get; init; } = WebSocketFraming.Default;

    /// <summary>Which thread reads the line. Default: the thread pool.</summary>
    public ReceiveMode ReceiveMode { get; init; }

    /// <summary>What a reader in <see cref="ReceiveMode.Spin"/> does while nothing arrives. Default: <see cref="IdleStrategy.Busy"/>.</summary>
    public IdleStrategy Idle { get; init; }

    /// <summary>
    /// The processor that the line's own thread (<see cref="ReceiveMode.Thread"/>, <see cref="ReceiveMode.Spin"/>) is bound to, from 0 to 1,023. Default: null, any. Linux only; where it
    /// cannot be had the line logs it and runs unbound.
    /// </summary>
    public int? Processor { get; init; }

    /// <summary>What the framing layer accepts at most.</summary>
    public FrameLimits Limits { get; init; } = FrameLimits.Default;

    /// <summary>What the write side holds back at most, and how long a write may take.</summary>
    public SendLimits SendLimits { get; init; } = SendLimits.Default;

    /// <summary>
    /// The symbol map; share one among lines whose ids shall mean the same. Default: null, a map of the line's own with the venue's idea of case.
    /// </summary>
    public SymbolMap? Symbols { get; init; }

    /// <summary>One deadline over name resolution, TCP, TLS and upgrade; 1 ms to 30 days. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Redirects (301, 302, 303, 307, 308) followed at most in one attempt; 0 to 10. Default: 0, none. Never from <c>wss</c> to <c>ws</c>; to another
    /// origin no header of the endpoint goes along.
    /// </summary>
    public int MaxRedirects { get; init; }

    /// <summary>
    /// Where to connect to in place of the line's own endpoint: several endpoints with failover, cooling and a circuit breaker each. Share one set among lines. The first connect tries
    /// each endpoint in turn before it fails. Default: null, the line's own endpoint.
    /// </summary>
    public EndpointSet? Endpoints { get; init; }

    /// <summary>
    /// The venue's bound on new connections; share one among all lines that it counts together (<see cref="Protocol.VenueLimits.CreateConnectRate"/>). Each attempt waits for its place,
    /// and that wait is not part of <see cref="ConnectTimeout"/>. Default: null, none.
    /// </summary>
    public ConnectRate? ConnectRate { get; init; }

    /// <summary>
    /// Asked before every attempt for the endpoint of this attempt: given the line's own endpoint (or the one chosen from <see cref="Endpoints"/>) and how the last session or attempt ended (null at the
    /// first), it brings fresh tokens, listen keys or another address. Default: null, the line's own endpoint every time.
    /// </summary>
    /// <remarks>
    /// Its time is not part of <see cref="ConnectTimeout"/>; its token is cancelled when the line is closed. What it throws fails the attempt. With it, refused
    /// credentials (401, 403) are tried once more; without it they end the line.
    /// </remarks>
    public Func<Endpoint, LineEnd?, CancellationToken, ValueTask<Endpoint>>? RefreshEndpoint { get; init; }

    /// <summary>
    /// Logs a new connection in, before anything is subscribed on it and before anything is delivered: at every attempt, also of a rotation and of a spare connection.
    /// Default: null, nothing to do.
    /// </summary>
    /// <remarks>
    /// Throw <see cref="AuthenticationFailedException"/> for credentials that were refused: that ends the line, unless <see cref="RefreshEndpoint"/> can bring others. Whatever
    /// else it throws fails the attempt like a lost connection. Called on the control plane; the token is cancelled after <see cref="LogInTimeout"/>, or when the line is closed.
    /// </remarks>
    public Func<LoginLink, CancellationToken, ValueTask>? LogIn { get; init; }

    /// <summary>How long <see cref="LogIn"/> may take; 1 ms to 30 days. Default: 10 s.</summary>
    public TimeSpan LogInTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the peer may take to answer a Close frame; and, with a second added, how long a handler that is running then may take to return before the line's
    /// <see cref="Line.DisposeAsync"/> no longer waits for it; 0 to 30 days. Default: 2 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How a vanished peer is noticed; null leaves it to the layers below. Default: <see cref="HeartbeatOptions.OfVenue"/>, as the venue wants it.</summary>
    public HeartbeatOptions? Heartbeat { get; init; } = HeartbeatOptions.OfVenue;

    /// <summary>How long a stream may bring nothing, unless its subscription says otherwise. Default: null, as long as it likes.</summary>
    public DataExpectation? Expectation { get; init; }

    /// <summary>How a lost line is made again; null ends the line at its first loss. Default: at once and for ever, with backoff.</summary>
    public ReconnectOptions? Reconnect { get; init; } = new();

    /// <summary>How a connection gives its place to a new one before the venue cuts it. Default: before the venue's session life is over, and at its notice.</summary>
    public RotationOptions Rotation { get; init; } = new();

    /// <summary>
    /// Keeps a second connection open, subscribed to nothing, that takes over when the first is lost; it counts against the venue's cap on connections. Default: false.
    /// </summary>
    public bool KeepSpare { get; init; }

    /// <summary>
    /// Told of everything that happens in the line's life, on the thread on which it happens, in order. Must not block; what it throws is logged. Default: null.
    /// </summary>
    /// <remarks>A <c>ConnectionManager</c> gives its connections one that feeds its streams of events.</remarks>
    public Action<LineEvent>? OnEvent { get; init; }

    /// <summary>
    /// Whether the venue's sequence numbers are looked at: what came before is then not delivered again, and what is missing is announced. Default: true. Without it only
    /// lost connections are announced.
    /// </summary>
    public bool Sequencing { get; init; } = true;

    /// <summary>
    /// Where to record how long ticks take from stage to stage; lines may share one. Default: null, nothing is measured and nothing paid for it.
    /// </summary>
    public StageHistograms? Stages { get; init; }

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of the reconnect jitter. Default: null, an unpredictable one; tests set it to replay.</summary>
    public int? JitterSeed { get; init; }

    /// <summary>Where the line logs to. Default: nowhere. Ticks are never logged.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Throws when the options cannot be used; names all that is wrong. Opening a line does so too.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public void Validate()
    {
        var check = new OptionsCheck();
        Check(check);
        check.Throw();
    }

    /// <summary>Shared with the lines before and after it, by whoever has several one after the other.</summary>
    internal RetryAfterGate? Gate { get; init; }

    internal void Check(OptionsCheck check)
    {
        check.NotNull(Transport)
            .NotNull(Framing)
            .Nested(Framing, static (each, errors) => each.CheckOptions(errors))
            .That(Enum.IsDefined(ReceiveMode), $"ReceiveMode has no value {ReceiveMode}")
            .Between(Processor ?? 0, 0, ThreadAffinity.MaxProcessor, nameof(Processor))
            .NotNull(Limits)
            .Nested(Limits, static (each, errors) => each.Check(errors))
            .NotNull(SendLimits)
            .Nested(SendLimits, static (each, errors) => each.Check(errors))
            .Time(ConnectTimeout)
            .Between(MaxRedirects, 0, 10)
            .Time(LogInTimeout)
            .Between(CloseTimeout, TimeSpan.Zero, Retry.LongestDelay)
            .Nested(Heartbeat, static (each, errors) => each.Check(errors))
            .Nested(Reconnect, static (each, errors) => each.Check(errors))
            .NotNull(Rotation)
            .Nested(Rotation, static (each, errors) => each.Check(errors))
            .NotNull(TimeProvider)
            .NotNull(Logger);
    }
}
