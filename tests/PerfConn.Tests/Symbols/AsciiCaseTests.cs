using System;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Symbols;

public class AsciiCaseTests
{
    [Fact]
    public void Folds_every_byte_in_every_place_beside_every_kind_of_neighbour()
    {
        foreach (byte neighbour in "\0azAZ@[`{\u007f"u8)
        {
            for (int value = 0; value < 256; value++)
            {
                for (int place = 0; place < 8; place++)
                {
                    ulong word = (0x0101010101010101UL * neighbour & ~(0xFFUL << (place * 8))) | ((ulong)value << (place * 8));
                    byte[] folded = BitConverter.GetBytes(AsciiCase.ToUpper(word));
                    Assert.All(BitConverter.GetBytes(word), (before, i) => Assert.Equal(Expected(before), folded[i]));
                }
            }
        }
    }

    [Fact]
    public void Folds_high_bytes_beside_each_other_without_a_carry() =>
        Assert.Equal(0xFFFEE1FA80DAC1FFUL, AsciiCase.ToUpper(0xFFFEE1FA80DAC1FFUL));

    [Fact]
    public void Folds_single_bytes_alike()
    {
        for (int value = 0; value < 256; value++)
        {
            Assert.Equal(Expected((byte)value), AsciiCase.ToUpper((byte)value));
        }
    }

    private static byte Expected(byte value) => value is >= (byte)'a' and <= (byte)'z' ? (byte)(value - 32) : value;
}
