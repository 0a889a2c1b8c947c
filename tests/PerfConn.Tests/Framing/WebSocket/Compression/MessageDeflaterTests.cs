using System;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>The sending side, against an inflater that nobody here wrote.</summary>
public sealed class MessageDeflaterTests
{
    private static readonly byte[][] s_messages =
    [
        .. Enumerable.Range(0, 20).Select(i => Encoding.ASCII.GetBytes($$"""{"method":"SUBSCRIBE","params":["s{{i}}usdt@trade","s{{i}}usdt@depth"],"id":{{i}}}""")),
        Wire.MixedText(5000), Wire.Bytes(70_000), new byte[200_000], Random(1), Random(300), Random(100_000),
    ];

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(15)]
    public void Messages_of_one_context_inflate_to_what_they_were(int windowBits)
    {
        using var deflater = new MessageDeflater(keepsContext: true, windowBits, minimumSize: 1);
        byte[][] deflated = [.. s_messages.Select(message => Deflate(deflater, message)!)];

        Assert.Equal(s_messages.SelectMany(message => message), PeerInflater.Inflate(deflated));
        AssertFits(windowBits, keepsContext: true, deflated);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(15)]
    public void Messages_without_context_inflate_each_for_itself(int windowBits)
    {
        using var deflater = new MessageDeflater(keepsContext: false, windowBits, minimumSize: 1);
        int compressed = 0;
        foreach (byte[] message in s_messages)
        {
            // Random bytes do not shrink, and then go as they are.
            if (Deflate(deflater, message) is { } deflated)
            {
                Assert.Equal(message, PeerInflater.Inflate(deflated));
                Assert.True(deflated.Length < message.Length);
                compressed++;
            }
        }

        Assert.InRange(compressed, windowBits == 8 ? 1 : 22, 23);
    }

    [Fact]
    public void A_window_of_8_bits_takes_only_what_lies_within_it()
    {
        using var deflater = new MessageDeflater(keepsContext: true, windowBits: 8, minimumSize: 1);
        byte[] fits = new byte[256];
        byte[] first = Deflate(deflater, fits)!;
        byte[] second = Deflate(deflater, fits)!;

        Assert.Equal(first, second); // No context, though it was agreed on: it could reach further back.
        Assert.Equal(fits, PeerInflater.Inflate(first));
        Assert.Null(Deflate(deflater, new byte[257]));
    }

    [Fact]
    public void A_context_shrinks_what_comes_again()
    {
        using var deflater = new MessageDeflater(keepsContext: true, windowBits: 15, minimumSize: 1);
        byte[] first = Deflate(deflater, s_messages[0])!;
        byte[] second = Deflate(deflater, s_messages[1])!;

        Assert.True(second.Length * 2 < first.Length);
    }

    [Fact]
    public void Short_messages_go_as_they_are()
    {
        using var deflater = new MessageDeflater(keepsContext: true, windowBits: 15, minimumSize: 100);

        Assert.Null(Deflate(deflater, new byte[99]));
        Assert.NotNull(Deflate(deflater, new byte[100]));
        Assert.Null(Deflate(deflater, []));
    }

    [Fact]
    public void A_disposed_deflater_lets_messages_go_as_they_are()
    {
        var deflater = new MessageDeflater(keepsContext: true, windowBits: 15, minimumSize: 1);
        Assert.NotNull(Deflate(deflater, new byte[100]));
        deflater.Dispose();
        deflater.Dispose();

        Assert.Null(Deflate(deflater, new byte[100]));
    }

    [Fact]
    public void Incompressible_messages_of_any_length_stay_within_the_bound()
    {
        using var deflater = new MessageDeflater(keepsContext: true, windowBits: 15, minimumSize: 1);
        foreach (int length in (int[])[1, 2, 100, 255, 256, 257, 4095, 4096, 16_383, 16_384, 65_535, 65_536, 1_000_000])
        {
            byte[] deflated = Deflate(deflater, Random(length))!;
            Assert.InRange(deflated.Length, 1, MessageDeflater.MaxSize(length) - 5);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_encoder_marks_what_it_has_compressed_and_the_parser_reads_it(bool keepsContext)
    {
        using var deflater = new MessageDeflater(keepsContext, windowBits: 15, minimumSize: 64);
        var encoder = new WebSocketFrameEncoder(new MaskKeys(), deflater);
        byte[] script = Wire.Join(
            [.. s_messages.Select(message => Encode(encoder, Wire.Binary, message)), Encode(encoder, Wire.Ping, new byte[125]), Encode(encoder, Wire.Text, "short"u8.ToArray())]);
        var limits = new FrameLimits();
        ParserOutcome outcome = Feeder.Feed(
            new WebSocketFrameParser<ServerRole>(limits, new MessageInflater(keepsContext, 15, limits)), script, Cuts.Random(script.Length, new SplitMix(3)), Feeding.ContiguousReads);

        Assert.Equal(
            [.. s_messages.Select(message => RecordingSink.Message(message, false)), RecordingSink.Control(ControlFrame.Ping, new byte[125]), RecordingSink.Message("short"u8, true)],
            outcome.Events);
        Assert.Equal(0xC2, script[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_sent_allocates_nothing(bool keepsContext)
    {
        using var deflater = new MessageDeflater(keepsContext, windowBits: 15, minimumSize: 1);
        var encoder = new WebSocketFrameEncoder(new MaskKeys(), deflater);
        byte[] room = new byte[encoder.MaxSize(100_000)];
        byte[] longOne = Wire.Bytes(100_000);
        int sent = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                sent += encoder.Encode(room, Wire.Text, s_messages[i % 20]) > 0 ? 1 : 0;
                sent += i % 1000 == 0 ? encoder.Encode(room, Wire.Binary, longOne) & 1 : 0;
            }
        });

        Assert.True(sent >= 40_000);
    }

    private static byte[]? Deflate(MessageDeflater deflater, byte[] message) =>
        deflater.TryDeflate(message, out ReadOnlySpan<byte> deflated) ? deflated.ToArray() : null;

    /// <summary>Inflates message by message with a window of just that size.</summary>
    private static void AssertFits(int windowBits, bool keepsContext, byte[][] deflated)
    {
        var limits = new FrameLimits();
        byte[] script = Wire.Join([.. deflated.Select(data => PeerDeflater.Frames(Wire.Binary, data))]);
        ParserOutcome outcome = Feeder.Feed(
            new WebSocketFrameParser<ClientRole>(limits, new MessageInflater(keepsContext, windowBits, limits)), script, [], Feeding.ContiguousReads);
        Assert.Equal(s_messages.Select(message => RecordingSink.Message(message, false)), outcome.Events);
    }

    private static byte[] Encode(WebSocketFrameEncoder encoder, byte opcode, byte[] payload)
    {
        var room = new byte[encoder.MaxSize(payload.Length)];
        room.AsSpan().Fill(0xDD);
        return room[..encoder.Encode(room, opcode, payload)];
    }

    private static byte[] Random(int length)
    {
        var random = new SplitMix((ulong)length);
        return [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next())];
    }
}
