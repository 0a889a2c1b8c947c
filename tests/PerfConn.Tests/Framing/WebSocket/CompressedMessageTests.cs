using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Tests.Framing.WebSocket.Compression;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Compressed messages as a client receives them and, masked, as a server does; each script in every segmentation (RFC 7692).</summary>
public class CompressedMessageTests
{
    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 1000, MaxFragments = 8 };

    private static readonly string s_hello = RecordingSink.Message("Hello"u8, true);

    /// <summary>The examples of RFC 7692 section 7.2.3, and their like.</summary>
    public static TheoryData<string, string, string> Examples => new()
    {
        { "7.2.3.1, one frame", "c107f248cdc9c90700", "Hello" },
        { "7.2.3.1, fragments", "4103f248cd" + "8004c9c90700", "Hello" },
        { "7.2.3.2, context taken over", "c107f248cdc9c90700" + "c105f200110000", "Hello Hello" },
        { "7.2.3.3, no compression", "c10b000500faff48656c6c6f00", "Hello" },
        { "7.2.3.4, BFINAL", "c108f348cdc9c9070000", "Hello" },
        { "7.2.3.4, BFINAL twice", "c108f348cdc9c9070000" + "c108f348cdc9c9070000", "Hello Hello" },
        { "7.2.3.4, BFINAL at the end", "c107f348cdc9c90700", "Hello" },
        { "7.2.3.4, BFINAL, then another block", "c10ef348cdc9c90700f248cdc9c90700", "HelloHello" },
        { "7.2.3.4, BFINAL, then a plain flush", "c107f348cdc9c90700" + "c107f248cdc9c90700", "Hello Hello" },
        { "7.2.3.5, two blocks", "c10df24805000000ffffcac9c90700", "Hello" },
        { "7.2.3.6, empty", "c10100", "" },
        { "empty, twice", "c10100" + "c10100", " " },
        { "empty, without a byte", "c100" + "c107f248cdc9c90700", " Hello" },
        { "an empty fragment at the end", "4107f248cdc9c90700" + "8000", "Hello" },
        { "empty fragments everywhere", "4100" + "0003f248cd" + "0000" + "0004c9c90700" + "8000", "Hello" },
        { "one uncompressed among compressed", "c107f248cdc9c90700" + "810548656c6c6f" + "c105f200110000", "Hello Hello Hello" },
        { "uncompressed fragments", "010348656c" + "80026c6f" + "c107f248cdc9c90700", "Hello Hello" },
        { "a byte a frame", "4101f2" + "000148" + "0001cd" + "0001c9" + "0001c9" + "000107" + "800100", "Hello" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_of_the_RFC_are_read(string name, string hex, string messages)
    {
        Assert.NotEmpty(name);
        ParserOutcome outcome = Feed(Convert.FromHexString(hex));

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.Equal(messages.Split(' ').Select(message => RecordingSink.Message(Encoding.UTF8.GetBytes(message), true)), outcome.Events);
    }

    [Fact]
    public void Control_frames_between_compressed_fragments_are_handled_at_once()
    {
        byte[] script = Convert.FromHexString("4103f248cd" + "890161" + "0002c9c9" + "8a00" + "80020700" + "880203e8");

        Assert.Equal(
            [RecordingSink.Control(ControlFrame.Ping, "a"u8), RecordingSink.Control(ControlFrame.Pong, default), s_hello, RecordingSink.Control(ControlFrame.Close, [3, 232])],
            Feed(script).Events);
    }

    [Fact]
    public void A_stream_that_ends_inside_a_compressed_frame_was_cut_inside_a_message()
    {
        byte[] script = Convert.FromHexString("c107f248cdc9c90700");
        for (int length = 1; length <= script.Length; length++)
        {
            WebSocketFrameParser<ClientRole> parser = Client();
            var sink = new SizeSink();
            _ = parser.Parse(new ReadOnlySequence<byte>(script, 0, length), ref sink, out SequencePosition consumed);

            Assert.Equal(length < script.Length, parser.IsMidway || consumed.GetInteger() < length);
            parser.Dispose();
        }
    }

    [Theory]
    [InlineData("c007f248cdc9c90700", FrameFault.ReservedBit)] // On a continuation that continues nothing.
    [InlineData("4103f248cd" + "c004c9c90700", FrameFault.ReservedBit)] // On a continuation.
    [InlineData("c900", FrameFault.ReservedBit)] // On a ping.
    [InlineData("ca00", FrameFault.ReservedBit)]
    [InlineData("c800", FrameFault.ReservedBit)]
    [InlineData("c300", FrameFault.ReservedBit)] // On a reserved opcode.
    [InlineData("e100", FrameFault.ReservedBit)] // RSV2 with it.
    [InlineData("d100", FrameFault.ReservedBit)] // RSV3 with it.
    [InlineData("a100", FrameFault.ReservedBit)]
    [InlineData("4103f248cd" + "c107f248cdc9c90700", FrameFault.ContinuationExpected)]
    [InlineData("4103f248cd" + "8100", FrameFault.ContinuationExpected)]
    [InlineData("c107f248cdc9c90700" + "8000", FrameFault.UnexpectedContinuation)]
    public void The_bit_stands_on_the_first_frame_of_a_message_only(string hex, FrameFault fault)
    {
        ParserOutcome outcome = Feed(Convert.FromHexString(hex), alsoMasked: false);

        Assert.Equal(fault, outcome.Fault);
        Assert.Equal(1002, outcome.Fault.CloseCode());
    }

    [Fact]
    public void The_bit_is_refused_where_nothing_was_negotiated() => Assert.Equal(
        FrameFault.ReservedBit,
        Feeder.FeedEveryWay(() => new WebSocketFrameParser<ClientRole>(s_limits), [0xC1, 0], Cuts.InTwo(2)).Fault);

    [Theory]
    [InlineData("c10107")] // A reserved block type.
    [InlineData("c10706")]
    [InlineData("c105000500fafe")] // Stored lengths that do not match.
    [InlineData("c106f248cdc9c907")] // Broken off before the end of the block.
    [InlineData("c103f248cd")]
    [InlineData("c104000500fa")] // Inside the lengths of a stored block.
    [InlineData("c108000500faff48656c")] // Inside a stored block.
    [InlineData("c103edc1810000")] // Inside the tables of a dynamic block.
    [InlineData("c10bf248cdc9c907000000ffff")] // With the tail that has to be left out.
    [InlineData("c105f200110000")] // Refers to what was never sent.
    [InlineData("c107f248cdc9c90700" + "c10107")]
    [InlineData("4103f248cd" + "8000")]
    [InlineData("c107f348cdc9c907ff")] // What follows BFINAL is no block.
    public void What_is_not_deflate_data_or_breaks_off_is_1007(string hex)
    {
        ParserOutcome outcome = Feed(Convert.FromHexString(hex));
        Assert.Equal(FrameFault.InvalidDeflate, outcome.Fault);
        Assert.Equal(1007, outcome.Fault.CloseCode());
        Assert.Equal(hex.StartsWith("c107f248", StringComparison.Ordinal) ? [s_hello] : [], outcome.Events);
    }

    [Fact]
    public void A_message_cut_at_any_byte_is_refused_and_never_half_delivered()
    {
        using var peer = new PeerDeflater(keepsContext: false);
        byte[] deflated = peer.Deflate(Wire.MixedText(300));
        for (int length = 1; length < deflated.Length; length++)
        {
            ParserOutcome outcome = Feeder.Feed(Client(), PeerDeflater.Frames(Wire.Text, deflated[..length]), [], Feeding.ContiguousReads);

            Assert.Empty(outcome.Events);
            Assert.Equal(FrameFault.InvalidDeflate, outcome.Fault);
        }
    }

    [Fact]
    public void A_server_that_keeps_its_context_against_the_agreement_is_refused()
    {
        byte[] script = Convert.FromHexString("c107f248cdc9c90700" + "c105f200110000");
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Client(keepsContext: false), script, Cuts.Every(script.Length, new SplitMix(7)));

        Assert.Equal([s_hello], outcome.Events);
        Assert.Equal(FrameFault.InvalidDeflate, outcome.Fault);
    }

    [Fact]
    public void A_server_that_looks_back_further_than_agreed_is_refused()
    {
        // The second message is the start of the first one, 1,800 bytes ago.
        byte[] first = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * i * 31)), .. new byte[1500]];
        byte[] second = first[..300];
        using var peer = new PeerDeflater();
        byte[] script = Wire.Join(peer.Message(Wire.Binary, first), peer.Message(Wire.Binary, second));
        FrameLimits limits = s_limits with { MaxMessageSize = 5000 };
        ParserOutcome near = Feeder.Feed(Client(limits: limits, windowBits: 9), script, [], Feeding.ContiguousReads);
        ParserOutcome far = Feeder.Feed(Client(limits: limits, windowBits: 11), script, [], Feeding.ContiguousReads);

        Assert.Equal(FrameFault.InvalidDeflate, near.Fault);
        Assert.Equal([RecordingSink.Message(first, false)], near.Events);
        Assert.Equal([RecordingSink.Message(first, false), RecordingSink.Message(second, false)], far.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bad_text_is_refused_in_the_read_that_brings_it(bool isValidated)
    {
        // Stored, so that the bad byte stands where it stands.
        byte[] message = [.. "good so far "u8, 0xFF, .. new byte[200]];
        byte[] deflated = [0x00, (byte)message.Length, 0x00, (byte)~message.Length, 0xFF, .. message, 0x00];
        byte[] script = PeerDeflater.Frames(Wire.Text, deflated);
        FrameLimits limits = s_limits with { ValidateText = isValidated };
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Client(limits: limits), script, Cuts.Every(script.Length, new SplitMix(8)));

        Assert.Equal(isValidated ? FrameFault.InvalidUtf8 : FrameFault.None, outcome.Fault);
        Assert.Equal(isValidated ? 0 : 1, outcome.Events.Count);
        int upToTheBadByte = script.Length - deflated.Length + 5 + 12 + 1;
        int reads = Feeder.Feed(Client(limits: limits), script, Cuts.OneByte(script.Length), Feeding.ContiguousReads).Reads;
        Assert.Equal(isValidated ? upToTheBadByte : script.Length, reads);
    }

    [Fact]
    public void Text_that_ends_inside_a_character_is_refused()
    {
        using var peer = new PeerDeflater();
        byte[] script = peer.Message(Wire.Text, [(byte)'a', 0xE2, 0x82]);

        Assert.Equal(FrameFault.InvalidUtf8, Feed(script).Fault);
    }

    [Fact]
    public void Characters_may_be_cut_by_fragments_and_binary_is_not_checked()
    {
        using var peer = new PeerDeflater();
        byte[] text = Wire.MixedText(200);
        byte[] binary = Wire.Bytes(200);
        byte[] script = Wire.Join(peer.Message(Wire.Text, text, 25), peer.Message(Wire.Binary, binary), peer.Message(Wire.Text, text, 30));

        Assert.Equal(
            [RecordingSink.Message(text, true), RecordingSink.Message(binary, false), RecordingSink.Message(text, true)],
            Feed(script).Events);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(100_000, false)]
    public void The_limit_holds_for_what_comes_out(int length, bool isAccepted)
    {
        foreach (byte[] message in (byte[][])[new byte[length], Wire.Bytes(length)])
        {
            using var peer = new PeerDeflater();
            byte[] deflated = peer.Deflate(message);
            foreach (int frameSize in (int[])[0, 1 + (deflated.Length / 5)])
            {
                ParserOutcome outcome = Feed(PeerDeflater.Frames(Wire.Binary, deflated, frameSize));

                Assert.Equal(isAccepted ? FrameFault.None : FrameFault.MessageTooBig, outcome.Fault);
                Assert.Equal(isAccepted ? [RecordingSink.Message(message, false)] : [], outcome.Events);
            }
        }
    }

    [Fact]
    public void Fragments_are_counted_and_the_wire_length_is_bounded()
    {
        byte[] tooMany = Wire.Join([Wire.Raw(0x41, [0xF2]), .. Enumerable.Repeat(Wire.Part(Wire.Continuation, ""), 8)]);
        Assert.Equal(FrameFault.TooManyFragments, Feed(tooMany).Fault);

        // Empty stored blocks inflate to nothing, for ever.
        byte[] blocks = [.. Enumerable.Repeat((byte[])[0x00, 0x00, 0x00, 0xFF, 0xFF], 60).SelectMany(b => b)];
        byte[] padded = Wire.Join([Wire.Raw(0x42, blocks), .. Enumerable.Repeat(Wire.Part(Wire.Continuation, blocks), 3)]);
        ParserOutcome outcome = Feed(padded);
        Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);

        // The header of the frame that goes too far is enough.
        Assert.Equal(FrameFault.MessageTooBig, Feed(Wire.Header(0xC1, 1000 + 125 + 64 + 1, 2)).Fault);
        Assert.Equal(FrameFault.None, Feed(Wire.Header(0xC1, 1000 + 125 + 64, 2)).Fault);
        Assert.Equal(FrameFault.MessageTooBig, Feed(Wire.Header(0xC1, long.MaxValue, 8)).Fault);
    }

    /// <summary>CVE-2026-1528: lengths of 64 bits around every power that a smaller counter would lose.</summary>
    [Theory]
    [InlineData((1L << 31) - 1)]
    [InlineData(1L << 31)]
    [InlineData((1L << 32) - 1)]
    [InlineData(1L << 32)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    public void A_length_of_64_bits_is_refused_compressed_or_not(long length)
    {
        foreach (byte first in (byte[])[0x81, 0xC1, 0x42, 0x02])
        {
            FrameFault fault = Feed(Wire.Header(first, length, 8), alsoMasked: false).Fault;
            Assert.Equal(length < 0 ? FrameFault.BadLength : FrameFault.MessageTooBig, fault);
            Assert.Equal(length < 0 ? 1002 : 1009, fault.CloseCode());
        }
    }

    [Fact]
    public void Random_scripts_of_plain_and_compressed_messages_are_read_however_cut()
    {
        for (ulong seed = 1; seed <= 25; seed++)
        {
            var random = new SplitMix(seed);
            bool keepsContext = random.OneIn(2);
            using var peer = new PeerDeflater(keepsContext);
            var limits = new FrameLimits { MaxMessageSize = 200_000 };
            var expected = new List<string>();
            var frames = new List<byte[]>();
            for (int i = 0; i < 12; i++)
            {
                bool isText = random.OneIn(2);
                int length = random.Below(random.Pick(3, 50, 300, 3000, random.OneIn(6) ? 100_000 : 10));
                byte[] payload = isText ? Wire.MixedText(length) : Wire.Bytes(length);
                byte opcode = isText ? Wire.Text : Wire.Binary;
                frames.Add(random.OneIn(3) ? Wire.Frame(opcode, payload) : peer.Message(opcode, payload, random.Pick(0, 0, 40 + random.Below(2000))));
                expected.Add(RecordingSink.Message(payload, isText));
            }

            byte[] script = Wire.Join([.. frames]);
            IEnumerable<int[]> cuts = Enumerable.Range(0, 6).Select(_ => Cuts.Random(script.Length, random)).Append(Cuts.OneByte(Math.Min(script.Length, 3000)));
            ParserOutcome outcome = Feeder.FeedEveryWay(() => Client(keepsContext, limits), script, cuts);
            Assert.True(outcome.Fault == FrameFault.None, $"seed {seed}: {outcome.Fault}");
            Assert.Equal(expected, outcome.Events);
        }
    }

    private static ParserOutcome Feed(byte[] script, bool alsoMasked = true, bool keepsContext = true)
    {
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Client(keepsContext), script, Cuts.Every(script.Length, new SplitMix(1)));
        if (alsoMasked)
        {
            byte[] asClient = Remask(script);
            ParserOutcome server = Feeder.FeedEveryWay(
                () => new WebSocketFrameParser<ServerRole>(s_limits, new MessageInflater(keepsContext, 15, s_limits)), asClient, Cuts.Every(asClient.Length, new SplitMix(2)));
            Assert.Equal(outcome.ToString(), server.ToString());
        }

        return outcome;
    }

    /// <summary>The same frames as a client would send them.</summary>
    private static byte[] Remask(byte[] script)
    {
        var frames = new List<byte[]>();
        for (int at = 0; at < script.Length;)
        {
            int form = (script[at + 1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
            long length = form == 0 ? script[at + 1] : 0;
            for (int i = 0; i < form; i++)
            {
                length = (length << 8) | script[at + 2 + i];
            }

            int end = (int)Math.Min(script.Length, at + 2 + form + Math.Min(length, int.MaxValue / 2));
            byte[] payload = script[(at + 2 + form)..end];
            byte[] masked = Wire.Raw(0, payload, 0x37FA213D);
            frames.Add([.. Wire.Header(script[at], length, form, 0x37FA213D), .. masked[^payload.Length..]]);
            at = end;
        }

        return Wire.Join([.. frames]);
    }

    private static WebSocketFrameParser<ClientRole> Client(bool keepsContext = true, FrameLimits? limits = null, int windowBits = 15) =>
        new(limits ?? s_limits, new MessageInflater(keepsContext, windowBits, limits ?? s_limits));
}
