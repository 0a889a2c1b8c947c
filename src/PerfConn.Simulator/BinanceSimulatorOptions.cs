using System;
using System.Threading;

namespace PerfConn.Simulator;

/// <summary>What a simulated venue is like. The defaults are the limits of Binance spot (web-socket-streams.md, 2026-07-21).</summary>
public sealed record BinanceSimulatorOptions
{
    /// <summary>Port on the loopback address; 0 lets the system choose. Default: 0.</summary>
    public int Port
    {
        get;
        init => field = value is >= 0 and <= 65_535 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Port must be from 0 to 65,535.");
    }

    /// <summary>Whether to listen on a socket at all; without, connections come only from <see cref="BinanceSimulator.ServeAsync"/>. Default: true.</summary>
    public bool Listen { get; init; } = true;

    /// <summary>Whether to speak TLS, with a certificate made at the start. Default: false.</summary>
    public bool Tls { get; init; }

    /// <summary>How many symbols the market has, 1 to 100,000. Default: 3,000, about what the venue lists.</summary>
    public int Symbols
    {
        get;
        init => field = value is >= 1 and <= 100_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Symbols must be from 1 to 100,000.");
    } = 3000;

    /// <summary>
    /// Ticks per second and connection, spread evenly over its streams; 0 or infinity sends as fast as the peer drains. Due ticks go out in batches,
    /// one per millisecond at most. Default: 1,000.
    /// </summary>
    public double Rate
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Rate must be 0 or more ticks per second.");
    } = 1000;

    /// <summary>Streams on one connection at most; one more and the connection is closed with 1008. Default: 1,024.</summary>
    public int MaxStreamsPerConnection
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxStreamsPerConnection must be 0 or more.");
    } = 1024;

    /// <summary>
    /// Messages from a client in any second at most, pings, pongs and requests together; one more and the connection is closed with 1008. 0 allows
    /// any number. Default: 5.
    /// </summary>
    public int MaxMessagesPerSecond
    {
        get;
        init => field = value is >= 0 and <= 1_000_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxMessagesPerSecond must be from 0 to 1,000,000.");
    } = 5;

    /// <summary>
    /// Connections opened in any <see cref="ConnectionAttemptsWindow"/> at most; a further one is answered with HTTP 429 and <c>Retry-After</c>, and does not
    /// count. 0 allows any number. Default: 300.
    /// </summary>
    public int ConnectionAttempts
    {
        get;
        init => field = value is >= 0 and <= 1_000_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "ConnectionAttempts must be from 0 to 1,000,000.");
    } = 300;

    /// <summary>The window of <see cref="ConnectionAttempts"/>. Default: 5 minutes.</summary>
    public TimeSpan ConnectionAttemptsWindow
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "ConnectionAttemptsWindow must be above zero.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>Time between pings; infinite for none. Default: 20 s.</summary>
    public TimeSpan PingInterval
    {
        get;
        init => field = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "PingInterval must be above zero, or infinite.");
    } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a ping may wait for a pong with its payload before the connection is closed with 1008; infinite for ever. Other pongs do not
    /// count. Default: 1 minute.
    /// </summary>
    public TimeSpan PongTimeout
    {
        get;
        init => field = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "PongTimeout must be above zero, or infinite.");
    } = TimeSpan.FromMinutes(1);

    /// <summary>How long a connection lives before it is closed with 1001; infinite for ever. Default: 24 hours.</summary>
    public TimeSpan SessionLife
    {
        get;
        init => field = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SessionLife must be above zero, or infinite.");
    } = TimeSpan.FromHours(24);

    /// <summary>How long a peer has to send its opening handshake, and to answer a Close before it is cut. Default: 5 s.</summary>
    public TimeSpan PatienceTimeout
    {
        get;
        init => field = value > TimeSpan.Zero && value.TotalMilliseconds <= int.MaxValue ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "PatienceTimeout must be above zero and below 24 days.");
    } = TimeSpan.FromSeconds(5);

    /// <summary>What prices, quantities and ids are made from: the same seed gives the same market. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The clock of everything that takes time. Default: that of the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
