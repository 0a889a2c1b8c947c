using System;

namespace PerfConn.Protocol;

/// <summary>What is data about a venue's sequence numbers. What is code, finding them in a payload, is <see cref="IVenueProtocol.TryReadSequence"/>.</summary>
public readonly record struct SequenceRule
{
    private readonly long _resetDistance;

    /// <summary>No numbers.</summary>
    public static SequenceRule None => default;

    /// <summary>See <see cref="SequenceKind.Increasing"/>.</summary>
    public static SequenceRule Increasing => new() { Kind = SequenceKind.Increasing };

    /// <summary>See <see cref="SequenceKind.Contiguous"/>.</summary>
    public static SequenceRule Contiguous => new() { Kind = SequenceKind.Contiguous };

    /// <summary>See <see cref="SequenceKind.Range"/>.</summary>
    public static SequenceRule Range => new() { Kind = SequenceKind.Range };

    /// <summary>See <see cref="SequenceKind.Chained"/>.</summary>
    public static SequenceRule Chained => new() { Kind = SequenceKind.Chained };

    /// <summary>How ticks are numbered. Default: not at all.</summary>
    public SequenceKind Kind { get; init; }

    /// <summary>Whether numbers begin anew with each connection (Coinbase <c>sequence_num</c>), so that nothing is proven across a reconnect. Default: they go on.</summary>
    public bool RestartsWithConnection { get; init; }

    /// <summary>A number that says, when it comes after a higher one, that the venue counts anew (Bybit: <c>u</c> = 1 after a restart). Default: null, none does.</summary>
    public long? RestartNumber { get; init; }

    /// <summary>
    /// How far a number may fall behind the last one and still be an old tick that comes again; farther back means that the venue counts anew. Default: 0, any distance is
    /// an old tick.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long ResetDistance
    {
        get => _resetDistance;
        init => _resetDistance = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "ResetDistance must not be negative.");
    }

    /// <summary>Whether the numbers can prove that nothing was lost.</summary>
    internal bool ProvesContinuity => Kind >= SequenceKind.Contiguous;

    /// <summary>Whether a number this far back begins a new count.</summary>
    internal bool IsReset(long last, long number) =>
        (RestartNumber == number && last != number) || (_resetDistance > 0 && last - number > _resetDistance);
}
