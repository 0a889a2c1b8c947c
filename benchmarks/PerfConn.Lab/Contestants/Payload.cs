using System;
using System.Text;

namespace PerfConn.Lab.Contestants;

/// <summary>What is sent: 100 bytes of text, the size of an order request.</summary>
internal static class Payload
{
    public const int Size = 100;

    /// <summary>A client's frame around it: header, mask key, payload.</summary>
    public const int FrameSize = Size + 6;

    public static byte[] Bytes { get; } = Encoding.ASCII.GetBytes(new string('x', Size));

    /// <summary>The frame as a client must send it.</summary>
    public static byte[] Frame()
    {
        byte[] key = [0x12, 0x34, 0x56, 0x78];
        byte[] frame = [0x81, 0x80 | Size, .. key, .. Bytes];
        for (int i = 0; i < Size; i++)
        {
            frame[6 + i] ^= key[i & 3];
        }

        return frame;
    }
}
