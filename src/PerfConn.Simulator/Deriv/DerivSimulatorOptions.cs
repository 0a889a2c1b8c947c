using System;
using System.Collections.Generic;

namespace PerfConn.Simulator.Deriv;

/// <summary>What a <see cref="DerivSimulator"/> is like.</summary>
public sealed record DerivSimulatorOptions
{
    /// <summary>Whether to listen on a loopback socket. Default: true.</summary>
    public bool Listen { get; init; } = true;

    /// <summary>The port; 0 for any that is free. Default: 0.</summary>
    public int Port { get; init; }

    /// <summary>Symbols that there are. Default: R_100, R_50, EURUSD, GBPUSD.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = ["R_100", "R_50", "EURUSD", "GBPUSD"];

    /// <summary>Tokens that <c>authorize</c> takes. Default: YOUR_API_TOKEN.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = ["YOUR_API_TOKEN"];

    /// <summary>How long a peer may take over its opening handshake. Default: 10 s.</summary>
    public TimeSpan PatienceTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
