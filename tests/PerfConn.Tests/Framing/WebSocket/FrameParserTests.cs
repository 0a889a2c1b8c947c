using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>What the parser accepts: each script in every segmentation, as a client sees it and, masked, as a server does.</summary>
public class FrameParserTests
{
    private static uint Mask => 0x37FA213D;

    public static TheoryData<int, bool> Lengths()
    {
        var data = new TheoryData<int, bool>();
        foreach (int length in (int[])[0, 1, 2, 3, 4, 124, 125, 126, 127, 128, 300, 65535, 65536, 70_000])
        {
            data.Add(length, false);
            data.Add(length, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Messages_of_any_length_arrive_whole(int length, bool isText)
    {
        byte[] payload = isText ? Wire.MixedText(length) : Wire.Bytes(length);
        byte opcode = isText ? Wire.Text : Wire.Binary;
        string[] expected = [RecordingSink.Message(payload, isText), RecordingSink.Message("x"u8, true), RecordingSink.Message(payload, isText)];

        AssertEvents(expected, mask => Wire.Join(Wire.Frame(opcode, payload, mask), Wire.Frame(Wire.Text, "x", mask), Wire.Frame(opcode, payload, mask)));
    }

    [Fact]
    public void Many_empty_and_tiny_frames_arrive_in_order()
    {
        int[] lengths = [0, 0, 1, 0, 2, 1, 0, 3, 0, 0, 0, 1];
        byte[][] payloads = lengths.Select(Wire.Bytes).ToArray();

        AssertEvents(
            payloads.Select(payload => RecordingSink.Message(payload, false)),
            mask => Wire.Join(payloads.Select(payload => Wire.Frame(Wire.Binary, payload, mask)).ToArray()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fragments_are_put_together(bool isText)
    {
        byte[] whole = Wire.MixedText(280);
        byte opcode = isText ? Wire.Text : Wire.Binary;

        AssertEvents(
            [RecordingSink.Message(whole, isText), RecordingSink.Message("after"u8, true)],
            mask => Wire.Join(
                Wire.Part(opcode, whole.AsSpan(0, 2), mask),
                Wire.Part(Wire.Continuation, [], mask),
                Wire.Part(Wire.Continuation, whole.AsSpan(2, 9), mask),
                Wire.Part(Wire.Continuation, whole.AsSpan(11, 130), mask),
                Wire.Frame(Wire.Continuation, whole.AsSpan(141), mask),
                Wire.Frame(Wire.Text, "after", mask)));
    }

    [Fact]
    public void A_message_of_empty_fragments_is_an_empty_message() =>
        AssertEvents(
            [RecordingSink.Message([], true), RecordingSink.Message([], false)],
            mask => Wire.Join(
                Wire.Part(Wire.Text, "", mask),
                Wire.Part(Wire.Continuation, "", mask),
                Wire.Frame(Wire.Continuation, "", mask),
                Wire.Part(Wire.Binary, "", mask),
                Wire.Frame(Wire.Continuation, "", mask)));

    [Fact]
    public void A_large_fragmented_message_arrives_whole()
    {
        byte[] whole = Wire.Bytes(200_000);

        AssertEvents(
            [RecordingSink.Message(whole, false)],
            mask => Wire.Join(
                Wire.Part(Wire.Binary, whole.AsSpan(0, 70_000), mask),
                Wire.Part(Wire.Continuation, whole.AsSpan(70_000, 300), mask),
                Wire.Frame(Wire.Continuation, whole.AsSpan(70_300), mask)));
    }

    [Fact]
    public void Control_frames_come_between_fragments_and_at_once() =>
        AssertEvents(
            [
                RecordingSink.Control(ControlFrame.Ping, "1"u8),
                RecordingSink.Control(ControlFrame.Pong, []),
                RecordingSink.Control(ControlFrame.Ping, Wire.Bytes(125)),
                RecordingSink.Message("h\u00e9llo"u8, true),
                RecordingSink.Control(ControlFrame.Pong, "late"u8),
            ],
            mask => Wire.Join(
                Wire.Part(Wire.Text, [0x68, 0xC3], mask),
                Wire.Frame(Wire.Ping, "1", mask),
                Wire.Frame(Wire.Pong, "", mask),
                Wire.Part(Wire.Continuation, [0xA9], mask),
                Wire.Frame(Wire.Ping, Wire.Bytes(125), mask),
                Wire.Frame(Wire.Continuation, "llo", mask),
                Wire.Frame(Wire.Pong, "late", mask)));

    [Fact]
    public void Nothing_after_a_close_is_parsed()
    {
        // What follows would each be a fault of its own; a closed parser takes it without a look.
        byte[] script = Wire.Join(
            Wire.Frame(Wire.Text, "last"), Wire.CloseFrame(1000, "bye"), Wire.Frame(Wire.Text, "lost"), Wire.CloseFrame(1001), [0xFF, 0xFF, 0xFF]);

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(1)));

        Assert.Equal([RecordingSink.Message("last"u8, true), RecordingSink.Control(ControlFrame.Close, [0x03, 0xE8, .. "bye"u8])], outcome.Events);
        Assert.True(outcome.IsClosed);
        Assert.Equal(FrameFault.None, outcome.Fault);
    }

    [Fact]
    public void A_closed_parser_consumes_what_comes_after()
    {
        WebSocketFrameParser<ClientRole> parser = Client();
        var sink = new RecordingSink([]);
        _ = parser.Parse(new(Wire.CloseFrame(1000)), ref sink, out _);

        var more = new System.Buffers.ReadOnlySequence<byte>(new byte[100]);
        Assert.Equal(FrameFault.None, parser.Parse(more, ref sink, out SequencePosition consumed));

        Assert.Equal(more.Length, more.Slice(0, consumed).Length);
    }

    [Fact]
    public void Text_is_not_checked_when_validation_is_off()
    {
        byte[] bad = [0xC0, 0x80, 0xFF];
        byte[] script = Wire.Join(Wire.Frame(Wire.Text, bad), Wire.Part(Wire.Text, bad), Wire.Frame(Wire.Continuation, bad));

        ParserOutcome outcome = Feeder.FeedEveryWay(
            () => new WebSocketFrameParser<ClientRole>(new FrameLimits { ValidateText = false }), script, Cuts.Every(script.Length, new SplitMix(2)));

        Assert.Equal([RecordingSink.Message(bad, true), RecordingSink.Message([.. bad, .. bad], true)], outcome.Events);
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        byte[] script = Wire.Join(
            Wire.Frame(Wire.Text, Wire.MixedText(117)), Wire.Frame(Wire.Binary, Wire.Bytes(500)), Wire.Frame(Wire.Ping, "p"),
            Wire.Part(Wire.Text, "a"), Wire.Part(Wire.Continuation, "b"), Wire.Frame(Wire.Continuation, "c"));
        var whole = new System.Buffers.ReadOnlySequence<byte>(script);
        System.Buffers.ReadOnlySequence<byte> cut = Segment.Sequence(script, [5, 130, 600]);
        WebSocketFrameParser<ClientRole> parser = Client();
        var sink = new CountingSink();

        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                _ = parser.Parse(whole, ref sink, out _);
                _ = parser.Parse(cut, ref sink, out _);
            }
        });

        Assert.Equal(2 * 200 * 4, sink.Count);
    }

    private static WebSocketFrameParser<ClientRole> Client() => new(FrameLimits.Default);

    private static WebSocketFrameParser<ServerRole> Server() => new(FrameLimits.Default);

    /// <summary>Runs the script in both roles and in every segmentation.</summary>
    private static void AssertEvents(IEnumerable<string> expected, Func<uint?, byte[]> script)
    {
        byte[] plain = script(null);
        byte[] masked = script(Mask);
        ParserOutcome client = Feeder.FeedEveryWay(Client, plain, Cuts.Every(plain.Length, new SplitMix(11)));
        ParserOutcome server = Feeder.FeedEveryWay(Server, masked, Cuts.Every(masked.Length, new SplitMix(12)));

        Assert.Equal(FrameFault.None, client.Fault);
        Assert.Equal(expected, client.Events, StringComparer.Ordinal);
        Assert.Equal(FrameFault.None, server.Fault);
        Assert.Equal(expected, server.Events, StringComparer.Ordinal);
    }

    private struct CountingSink : IFrameSink
    {
        public int Count;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => Count++;

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => Count++;
    }
}
