using System;

namespace PerfConn.TestKit;

/// <summary>
/// What befalls the bytes of one direction through a <see cref="FaultProxy"/>. Places are counted from 0 at each connection's first byte in that direction.
/// Nothing is set by default.
/// </summary>
public sealed record ProxyFaults
{
    /// <summary>No fault.</summary>
    public static ProxyFaults None { get; } = new();

    /// <summary>Whether bytes get through. Default: they do.</summary>
    public ProxyFlow Flow { get; init; }

    /// <summary>How much later bytes arrive; it delays, and costs no bandwidth. Default: none.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Varies the latency by up to this much either way; the order of bytes stays. Default: none.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes per second at most; null: no limit.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>The bytes are sent on in pieces of random sizes from 1 to this many; null: as they come.</summary>
    public int? SliceAtMost { get; init; }

    /// <summary>The pause after each slice. Default: none.</summary>
    public TimeSpan SliceDelay { get; init; }

    /// <summary>The place of a byte that is spoiled; null: none.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>What that byte is exclusive-ored with. Default: 1.</summary>
    public byte CorruptMask { get; init; } = 1;

    /// <summary>After how many bytes of this direction the connection is cut; null: never.</summary>
    public long? CutAt { get; init; }

    /// <summary>How long after its start, or after these faults were set, the connection is cut; null: never. Zero cuts what is open at once.</summary>
    public TimeSpan? CutAfter { get; init; }

    /// <summary>How it is cut. Default: <see cref="CutKind.HalfClose"/>, a FIN in this direction.</summary>
    public CutKind CutBy { get; init; }

    /// <summary>How long the end of the stream is held back after its sender has ended it. Default: not at all.</summary>
    public TimeSpan SlowClose { get; init; }
}
