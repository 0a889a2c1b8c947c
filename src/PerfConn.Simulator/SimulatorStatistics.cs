using System.Collections.Generic;

namespace PerfConn.Simulator;

/// <summary>What a simulator has done so far: a snapshot.</summary>
public sealed record SimulatorStatistics
{
    /// <summary>Connections that completed the opening handshake.</summary>
    public required long ConnectionsAccepted { get; init; }

    /// <summary>Of those, the ones that are open.</summary>
    public required long ConnectionsOpen { get; init; }

    /// <summary>Opening handshakes that failed or were refused.</summary>
    public required long ConnectionsRefused { get; init; }

    /// <summary>Messages from clients: requests, pings and pongs.</summary>
    public required long MessagesReceived { get; init; }

    /// <summary>Frames handed to the transports: ticks, answers and control frames.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Of those, the ticks.</summary>
    public required long TicksSent { get; init; }

    /// <summary>Bytes of those frames, without TLS.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Connections that ended, by cause; causes that did not occur are absent.</summary>
    public required IReadOnlyDictionary<DisconnectCause, long> Disconnects { get; init; }
}
