using System;
using System.Numerics;

namespace PerfConn.Framing.Fix;

/// <summary>The last field of a message: <c>10=</c>, three digits and an SOH (FIX 4.4 volume 2, "Checksum calculation").</summary>
internal static class FixTrailer
{
    public const int Size = 7;

    public const byte Soh = 1;

    /// <summary>Sum of all bytes before the trailer, modulo 256. Lanes of bytes wrap at 256 by themselves, so nothing is widened.</summary>
    public static byte Sum(ReadOnlySpan<byte> bytes)
    {
        Vector<byte> lanes = Vector<byte>.Zero;
        while (bytes.Length >= Vector<byte>.Count)
        {
            lanes += new Vector<byte>(bytes);
            bytes = bytes[Vector<byte>.Count..];
        }

        byte sum = Vector.Sum(lanes);
        foreach (byte b in bytes)
        {
            sum += b;
        }

        return sum;
    }

    /// <summary>Holds the end of a whole message against its contents.</summary>
    public static FrameFault Check(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> summed = message[..^Size];
        ReadOnlySpan<byte> trailer = message[^Size..];
        if (summed[^1] != Soh || !trailer.StartsWith("10="u8))
        {
            // The length has led to a place where no CheckSum field begins.
            return FrameFault.BadBodyLength;
        }

        Span<byte> expected = stackalloc byte[Size];
        Write(expected, Sum(summed));
        return trailer.SequenceEqual(expected) ? FrameFault.None : FrameFault.BadChecksum;
    }

    public static void Write(Span<byte> destination, byte sum)
    {
        "10="u8.CopyTo(destination);
        destination[3] = (byte)('0' + (sum / 100));
        destination[4] = (byte)('0' + (sum / 10 % 10));
        destination[5] = (byte)('0' + (sum % 10));
        destination[6] = Soh;
    }
}
