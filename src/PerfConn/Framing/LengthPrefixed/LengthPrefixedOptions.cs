using System;

namespace PerfConn.Framing.LengthPrefixed;

/// <summary>What stands before each frame of a stream whose frames begin with their length. Default: four bytes, big endian, counting what follows.</summary>
public sealed record LengthPrefixedOptions
{
    /// <summary>The default: four bytes, big endian, counting what follows.</summary>
    public static LengthPrefixedOptions Default { get; } = new();

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
}
