using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Framing.LengthPrefixed;

/// <summary>Messages that begin with their length. Default: four bytes, big endian, counting what follows.</summary>
public sealed record LengthPrefixedFraming : MessageFraming
{
    /// <summary>The default: four bytes, big endian, counting what follows.</summary>
    public static LengthPrefixedFraming Default { get; } = new();

    /// <summary>How the length is written. Default: four bytes.</summary>
    public LengthField Field
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Field must be a defined LengthField.");
    } = LengthField.FourBytes;

    /// <summary>Whether the least significant byte comes first; a varint has an order of its own. Default: false, network order.</summary>
    public bool IsLittleEndian { get; init; }

    /// <summary>Whether the length counts the bytes it is written in too. Default: false.</summary>
    public bool CountsItself { get; init; }

    /// <inheritdoc/>
    public override ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return new ValueTask<FramingSession>(new FramingSession<LengthPrefixedParser>(
            new LengthPrefixedParser(this, opening.Limits), new LengthPrefixedEncoder(this), hasControlFrames: false));
    }
}
