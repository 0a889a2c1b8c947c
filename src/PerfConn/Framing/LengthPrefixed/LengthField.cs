namespace PerfConn.Framing.LengthPrefixed;

/// <summary>How the length before a frame is written.</summary>
public enum LengthField
{
    /// <summary>LEB128, seven bits a byte, least significant first, at most ten bytes; need not be the shortest form.</summary>
    Varint = 0,

    /// <summary>One byte.</summary>
    OneByte = 1,

    /// <summary>Two bytes.</summary>
    TwoBytes = 2,

    /// <summary>Four bytes.</summary>
    FourBytes = 4,

    /// <summary>Eight bytes.</summary>
    EightBytes = 8,
}
