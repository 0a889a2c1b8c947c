using System;
using System.Linq;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

public class WebSocketFrameEncoderTests
{
    [Fact]
    public void Writes_the_masked_hello_of_RFC_6455_section_5_7() => Assert.Equal(
        Convert.FromHexString("818537FA213D7F9F4D5158"), Encode(new WebSocketFrameEncoder(Rfc()), Wire.Text, "Hello"u8.ToArray()));

    [Fact]
    public void Writes_the_plain_hello_of_RFC_6455_section_5_7() =>
        Assert.Equal(Convert.FromHexString("810548656C6C6F"), Encode(new WebSocketFrameEncoder(null), Wire.Text, "Hello"u8.ToArray()));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(70_000)]
    public void Writes_the_shortest_length_and_masks_or_not(int length)
    {
        byte[] payload = Wire.Bytes(length);

        Assert.Equal(Wire.Frame(Wire.Binary, payload), Encode(new WebSocketFrameEncoder(null), Wire.Binary, payload));
        Assert.Equal(Wire.Frame(Wire.Binary, payload, 0x37FA213D), Encode(new WebSocketFrameEncoder(Rfc()), Wire.Binary, payload));
    }

    [Fact]
    public void Takes_a_fresh_key_for_each_frame()
    {
        var encoder = new WebSocketFrameEncoder(new MaskKeys());
        byte[][] frames = [.. Enumerable.Range(0, 200).Select(_ => Encode(encoder, Wire.Text, [0, 0, 0, 0]))];

        Assert.True(frames.Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count() > 198);
    }

    [Fact]
    public void Leaves_the_payload_of_the_caller_as_it_was()
    {
        byte[] payload = Wire.Bytes(50);
        _ = Encode(new WebSocketFrameEncoder(new MaskKeys()), Wire.Binary, payload);

        Assert.Equal(Wire.Bytes(50), payload);
    }

    /// <summary>Encodes into exactly the room that the encoder asked for, poisoned, so that a byte not written shows.</summary>
    private static byte[] Encode(WebSocketFrameEncoder encoder, byte opcode, byte[] payload)
    {
        var room = new byte[encoder.MaxSize(payload.Length)];
        room.AsSpan().Fill(0xDD);
        return room[..encoder.Encode(room, opcode, payload)];
    }

    private static MaskKeys Rfc() => new(bytes =>
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(0x37FA213Du >> (24 - (8 * (i % 4))));
        }
    });
}
