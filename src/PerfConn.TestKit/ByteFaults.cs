using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PerfConn.TestKit;

/// <summary>
/// What befalls the bytes of one direction of a <see cref="FaultTransportFactory"/>'s connections. Places are counted from 0 at the connection's first byte, so
/// <c>CutAt = 3</c> lets three bytes through. Nothing is set by default.
/// </summary>
public sealed record ByteFaults
{
    /// <summary>No fault.</summary>
    public static ByteFaults None { get; } = new();

    /// <summary>After how many bytes the connection is cut; null: never.</summary>
    public long? CutAt { get; init; }

    /// <summary>How it is cut. Default: <see cref="CutKind.HalfClose"/>: a reader sees its stream end, a writer that nobody reads any more.</summary>
    public CutKind CutBy { get; init; }

    /// <summary>From which byte on nothing arrives: reads wait for ever, writes are accepted and lead nowhere; null: never.</summary>
    public long? SwallowFrom { get; init; }

    /// <summary>From which byte on a write never completes, as when the peer's window has closed; a read waits for ever; null: never.</summary>
    public long? StallFrom { get; init; }

    /// <summary>At most this many bytes pass at a time, each time after <see cref="TrickleInterval"/>; null: no limit.</summary>
    public int? TrickleBytes { get; init; }

    /// <summary>The pause before each piece of a trickle, in the factory's time. Default: 1 s.</summary>
    public TimeSpan TrickleInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Places at which the bytes are cut into separate pieces, ascending. Default: none.</summary>
    public IReadOnlyList<long> SliceAt { get; init; } = [];

    /// <summary>The bytes come in pieces of random sizes from 1 to this many, drawn from the plan's seed; null: as they come.</summary>
    public int? SliceAtMost { get; init; }

    /// <summary>The place of a byte that is spoiled; null: none.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>What that byte is exclusive-ored with. Default: 1.</summary>
    public byte CorruptMask { get; init; } = 1;

    /// <summary>The faults that are set, in a few words.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Say(text, CutAt is { } cut ? $"cut at {cut} by {CutBy}" : null);
        Say(text, SwallowFrom is { } swallow ? $"swallow from {swallow}" : null);
        Say(text, StallFrom is { } stall ? $"stall from {stall}" : null);
        Say(text, TrickleBytes is { } trickle ? $"{trickle} bytes every {TrickleInterval}" : null);
        Say(text, SliceAt.Count > 0 ? "slice at " + string.Join(',', SliceAt) : null);
        Say(text, SliceAtMost is { } most ? $"slices of up to {most}" : null);
        Say(text, CorruptAt is { } corrupt ? string.Create(CultureInfo.InvariantCulture, $"byte {corrupt} xor 0x{CorruptMask:X2}") : null);
        return text.Length == 0 ? "none" : text.ToString();
    }

    private static void Say(StringBuilder text, string? what)
    {
        if (what is not null)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(what);
        }
    }
}
