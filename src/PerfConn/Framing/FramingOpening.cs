using System;
using PerfConn.Transport;

namespace PerfConn.Framing;

/// <summary>A new connection, as a framing meets it.</summary>
public sealed record FramingOpening
{
    /// <summary>The connection; its content is <see cref="TransportContent.Bytes"/>.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Where it leads to.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>What the parser shall accept at most.</summary>
    public FrameLimits Limits { get; init; } = FrameLimits.Default;

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
