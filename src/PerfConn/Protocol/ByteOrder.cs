namespace PerfConn.Protocol;

/// <summary>Which byte of a binary number comes first.</summary>
public enum ByteOrder
{
    /// <summary>The least significant one: SBE, Databento.</summary>
    LittleEndian,

    /// <summary>The most significant one: Kite.</summary>
    BigEndian,
}
