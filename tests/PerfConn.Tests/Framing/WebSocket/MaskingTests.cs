using System;
using System.Buffers.Binary;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

public class MaskingTests
{
    [Theory]
    [InlineData(0x00000000u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x37FA213Du)]
    [InlineData(0x000000FFu)]
    public void Equals_the_formula_of_the_RFC_at_every_length_and_alignment(uint wireKey)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, wireKey);
        byte[] plain = Wire.Bytes(300);
        var buffer = new byte[300];
        for (int start = 0; start < 33; start++)
        {
            for (int length = 0; length <= 200; length++)
            {
                plain.CopyTo(buffer, 0);

                Masking.Apply(buffer.AsSpan(start, length), BinaryPrimitives.ReadUInt32LittleEndian(key));

                for (int i = 0; i < buffer.Length; i++)
                {
                    bool isInside = i >= start && i < start + length;
                    byte expected = isInside ? (byte)(plain[i] ^ key[(i - start) % 4]) : plain[i];
                    if (buffer[i] != expected)
                    {
                        Assert.Fail($"byte {i} of {length} from {start}: {buffer[i]:X2} instead of {expected:X2}");
                    }
                }
            }
        }
    }
}
