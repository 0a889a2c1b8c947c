using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;
using Record = PerfConn.Transport.MessageRecord;

namespace PerfConn.Tests.Framing.MessageRecord;

public class MessageRecordParserTests
{
    [Fact]
    public void Messages_and_their_pieces_arrive_whole_in_every_segmentation()
    {
        byte[] large = Wire.MixedText(70_000);
        byte[] script = Wire.Join(
            Piece(Record.Text, "one"u8),
            Piece(Record.Binary, []),
            Piece(Record.Text, [0xC3], end: false),
            Piece(Record.Ping, "p"u8),
            Piece(Record.Text, [], end: false),
            Piece(Record.Text, [0xA9]),
            Piece(Record.Binary, large.AsSpan(0, 10_000), end: false),
            Piece(Record.Binary, large.AsSpan(10_000)),
            Piece(Record.Pong, []),
            Piece(Record.Close, [0x03, 0xE8, (byte)'x']),
            Piece(Record.Text, "never"u8));

        ParserOutcome outcome = Feeder.FeedEveryWay(Parser, script, Cuts.Every(script.Length, new SplitMix(1)));

        Assert.Equal(
            [
                RecordingSink.Message("one"u8, true),
                RecordingSink.Message([], false),
                RecordingSink.Control(ControlFrame.Ping, "p"u8),
                RecordingSink.Message([0xC3, 0xA9], true),
                RecordingSink.Message(large, false),
                RecordingSink.Control(ControlFrame.Pong, []),
                RecordingSink.Control(ControlFrame.Close, [0x03, 0xE8, (byte)'x']),
            ],
            outcome.Events);
        Assert.True(outcome.IsClosed);
    }

    [Fact]
    public void A_closed_parser_consumes_what_comes_after()
    {
        MessageRecordParser parser = Parser();
        var sink = new LastSink();
        _ = parser.Parse(new ReadOnlySequence<byte>(Piece(Record.Close, [])), ref sink, out _);

        var more = new ReadOnlySequence<byte>(new byte[100]);
        Assert.Equal(FrameFault.None, parser.Parse(more, ref sink, out SequencePosition consumed));

        Assert.Equal(more.Length, more.Slice(0, consumed).Length);
    }

    [Fact]
    public void A_short_script_cut_everywhere()
    {
        byte[] script = Wire.Join(
            Piece(Record.Text, "ab"u8, end: false), Piece(Record.Text, "c"u8), Piece(Record.Binary, Wire.Bytes(40)), Piece(Record.Close, []));

        Assert.Equal(3, Feeder.FeedEveryWay(Parser, script, Cuts.Every(script.Length, new SplitMix(2))).Events.Count);
    }

    [Fact]
    public void An_unknown_opcode_or_a_negative_length_is_refused()
    {
        foreach (byte opcode in Enumerable.Range(0, 256).Select(i => (byte)i).Except<byte>([1, 2, 8, 9, 10]))
        {
            AssertFault(FrameFault.BadRecord, Header(3, opcode));
        }

        AssertFault(FrameFault.BadRecord, Header(-1, Record.Text));
        AssertFault(FrameFault.BadRecord, Header(int.MinValue, Record.Close));
    }

    [Fact]
    public void A_piece_of_another_kind_is_refused()
    {
        AssertFault(FrameFault.BadRecord, Wire.Join(Piece(Record.Text, "a"u8, end: false), Piece(Record.Binary, "b"u8)));
        AssertFault(FrameFault.BadRecord, Wire.Join(Piece(Record.Binary, "a"u8, end: false), Header(5, Record.Text)));
    }

    [Fact]
    public void A_message_may_come_in_as_many_pieces_as_its_transport_reads()
    {
        byte[] payload = Wire.Bytes(20_000);
        byte[] script = Wire.Join([.. payload.Select((b, i) => Piece(Record.Binary, [b], end: i == payload.Length - 1))]);

        ParserOutcome outcome = Feeder.Feed(Parser(), script, [], Feeding.ContiguousReads);

        Assert.Equal([RecordingSink.Message(payload, false)], outcome.Events);
    }

    [Fact]
    public void A_flood_of_empty_pieces_is_refused()
    {
        byte[] allowed = Wire.Join([.. Enumerable.Repeat(Piece(Record.Text, [], end: false), 4096)]);
        byte[] ended = Wire.Join(allowed, Piece(Record.Text, "x"u8));

        Assert.Equal(FrameFault.None, Feeder.Feed(Parser(), Wire.Join(ended, ended), [], Feeding.ContiguousReads).Fault);
        Assert.Equal(
            FrameFault.TooManyFragments, Feeder.Feed(Parser(), Wire.Join(ended, allowed, Header(0, Record.Text)), [], Feeding.ContiguousReads).Fault);
    }

    [Fact]
    public void Limits_hold_on_the_header_alone()
    {
        AssertFault(FrameFault.MessageTooBig, Header(1001, Record.Text));
        AssertFault(FrameFault.MessageTooBig, Header(int.MaxValue, Record.Binary));
        AssertFault(FrameFault.MessageTooBig, Wire.Join(Piece(Record.Binary, new byte[600], end: false), Header(401, Record.Binary)));
        AssertFault(FrameFault.ControlTooLong, Header(126, Record.Close));
        AssertFault(FrameFault.ControlTooLong, Header(int.MaxValue, Record.Ping));
    }

    [Fact]
    public void A_message_of_exactly_the_limit_is_accepted()
    {
        byte[] script = Wire.Join(
            Piece(Record.Binary, new byte[1000]), Piece(Record.Binary, new byte[600], end: false), Piece(Record.Binary, new byte[400]));

        Assert.Equal(2, Feeder.FeedEveryWay(Small, script, Cuts.InTwoNearTheEnds(script.Length)).Events.Count);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        AssertFault(FrameFault.InvalidUtf8, Piece(Record.Text, [0x61, 0xFF]));
        AssertFault(FrameFault.InvalidUtf8, Wire.Join(Piece(Record.Text, [0xE2, 0x82], end: false), Piece(Record.Text, [])));
        AssertFault(FrameFault.InvalidUtf8, Piece(Record.Close, [0x03, 0xE8, 0xFF]));
        AssertFault(FrameFault.InvalidClose, Piece(Record.Close, [0x03]));
        AssertFault(FrameFault.InvalidClose, Piece(Record.Close, [0x03, 0xED]));
    }

    [Theory]
    [InlineData(3001UL)]
    [InlineData(3002UL)]
    public void Random_bytes_never_throw_and_give_the_same_however_cut(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Below(80)).Select(_ => random.OneIn(2) ? random.Pick<byte>(0, 1, 2, 3, 8, 9, 10, 255) : (byte)random.Next())];
            Feeder.FeedEveryWay(Parser, bytes, [Cuts.OneByte(bytes.Length), Cuts.Random(bytes.Length, random)]);
        }
    }

    [Fact]
    public void A_header_is_read_as_it_was_written()
    {
        var bytes = new byte[Record.HeaderSize];
        bytes.AsSpan().Fill(0xDD);
        var record = new Record(0x01020304, Record.Pong, EndOfMessage: true);
        record.WriteTo(bytes);

        Assert.Equal([4, 3, 2, 1, 10, 1, 0, 0], bytes);
        Assert.Equal(record, Record.Read(bytes));
        Assert.False(Record.Read([0, 0, 0, 0, 1, 0, 0, 0]).EndOfMessage);
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        byte[] script = Wire.Join(Piece(Record.Text, "abc"u8), Piece(Record.Text, "a"u8, end: false), Piece(Record.Text, "b"u8), Piece(Record.Ping, []));
        var whole = new ReadOnlySequence<byte>(script);
        ReadOnlySequence<byte> cut = Segment.Sequence(script, [9, 12]);
        MessageRecordParser parser = Parser();
        var sink = new LastSink();
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                _ = parser.Parse(whole, ref sink, out _);
                _ = parser.Parse(cut, ref sink, out _);
            }
        });

        Assert.Equal(2, sink.Length);
    }

    private static byte[] Piece(byte opcode, ReadOnlySpan<byte> payload, bool end = true) => [.. Header(payload.Length, opcode, end), .. payload];

    private static byte[] Header(int length, byte opcode, bool end = true) =>
        [(byte)length, (byte)(length >> 8), (byte)(length >> 16), (byte)(length >> 24), opcode, end ? (byte)1 : (byte)0, 0, 0];

    private static void AssertFault(FrameFault expected, byte[] bad)
    {
        byte[] script = Wire.Join(Piece(Record.Text, "before"u8), bad);
        ParserOutcome outcome = Feeder.FeedEveryWay(Small, script, Cuts.Every(script.Length, new SplitMix(3)));

        Assert.Equal(expected, outcome.Fault);
        Assert.Equal([RecordingSink.Message("before"u8, true)], outcome.Events);
    }

    private static MessageRecordParser Parser() => new(FrameLimits.Default);

    private static MessageRecordParser Small() => new(new FrameLimits { MaxMessageSize = 1000 });

    private struct LastSink : IFrameSink
    {
        public int Length;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => Length = payload.Length;

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }
}
