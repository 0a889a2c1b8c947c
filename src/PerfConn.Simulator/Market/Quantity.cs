using System;
using System.Buffers.Binary;

namespace PerfConn.Simulator.Market;

/// <summary>Quantities from 10.00 to 99.99, two to a random word.</summary>
internal static class Quantity
{
    /// <summary>Bytes of the varying part: "31.21" and the three zeros that fill the machine word.</summary>
    public const int Width = 8;

    /// <summary>Two quantities as four digits each, side by side.</summary>
    public static ulong Two(ulong random) =>
        Digits.Pair(1000 + Hash.Scale((uint)(random >> 32), 9000), 1000 + Hash.Scale((uint)(random >> 8), 9000));

    /// <summary>Writes the left one of two.</summary>
    public static void WriteLeft(Span<byte> field, ulong two) => BinaryPrimitives.WriteUInt64LittleEndian(
        field, (two & 0xFFFF) | ((ulong)'.' << 16) | ((two & 0xFFFF_0000) << 8) | 0x3030_3000_0000_0000);

    /// <summary>Writes the right one of two.</summary>
    public static void WriteRight(Span<byte> field, ulong two) => WriteLeft(field, two >> 32);
}
