using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.Delimited;

public class DelimitedParserTests
{
    private static readonly string[] s_delimiters = ["\n", "\r\n", "\n\n", "aab", "aaaa", "abab", "\r\n\r\n"];

    public static TheoryData<string> EveryDelimiter() => new(s_delimiters);

    [Theory]
    [MemberData(nameof(EveryDelimiter))]
    public void Frames_arrive_whole_in_every_segmentation(string delimiter)
    {
        byte[] script = Encoding.ASCII.GetBytes(string.Concat(
            "one", delimiter, delimiter, "x", delimiter, new string('z', 90), delimiter, delimiter[..^1], "y", delimiter, "unfinished"));
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser(delimiter), script, Cuts.Every(script.Length, new SplitMix(1)));

        Assert.Equal(Expected(script, delimiter), outcome.Events);
        Assert.Equal(FrameFault.None, outcome.Fault);
    }

    [Fact]
    public void A_long_frame_arrives_whole()
    {
        byte[] payload = [.. Wire.Bytes(70_000).Select(b => b == '\n' ? (byte)0 : b)];
        byte[] script = [.. payload, (byte)'\n', 1, (byte)'\n'];
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser("\n"), script, Cuts.Every(script.Length, new SplitMix(2)));

        Assert.Equal([RecordingSink.Message(payload, false), RecordingSink.Message([1], false)], outcome.Events);
    }

    /// <summary>Few letters, so that delimiters begin often, fail late and overlap.</summary>
    [Theory]
    [InlineData(5001UL)]
    [InlineData(5002UL)]
    [InlineData(5003UL)]
    public void Random_bytes_are_cut_where_a_plain_search_cuts_them(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 1500; round++)
        {
            string delimiter = random.Pick(s_delimiters);
            byte[] script = [.. Enumerable.Range(0, random.Below(80)).Select(_ => random.Pick((byte)'a', (byte)'a', (byte)'b', (byte)'\r', (byte)'\n'))];
            ParserOutcome outcome = Feeder.FeedEveryWay(
                () => Parser(delimiter), script, [Cuts.OneByte(script.Length), Cuts.Random(script.Length, random), Cuts.Random(script.Length, random)]);

            Assert.Equal(Expected(script, delimiter), outcome.Events);
        }
    }

    [Theory]
    [MemberData(nameof(EveryDelimiter))]
    public void The_limit_holds_to_the_byte_however_cut(string delimiter)
    {
        foreach (int length in (int[])[124, 125, 126, 127, 128, 129, 130, 300])
        {
            byte[] script = Encoding.ASCII.GetBytes("before" + delimiter + new string('z', length) + delimiter + "after" + delimiter);
            ParserOutcome outcome = Feeder.FeedEveryWay(() => Small(delimiter), script, Cuts.Every(script.Length, new SplitMix(3)));

            Assert.Equal(length <= 125 ? FrameFault.None : FrameFault.MessageTooBig, outcome.Fault);
            Assert.Equal(length <= 125 ? 3 : 1, outcome.Events.Count);
        }
    }

    /// <summary>Delimiters that begin just before, at and just after the limit.</summary>
    [Theory]
    [InlineData(5101UL)]
    [InlineData(5102UL)]
    public void Random_bytes_around_the_limit_give_the_same_however_cut(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 500; round++)
        {
            string delimiter = random.Pick(s_delimiters);
            IEnumerable<byte> tail = Enumerable.Range(0, 20).Select(_ => random.Pick((byte)'a', (byte)'b', (byte)'\r', (byte)'\n'));
            byte[] script = [.. Enumerable.Repeat((byte)'z', 115 + random.Below(12)), .. tail];
            ParserOutcome outcome = Feeder.FeedEveryWay(
                () => Small(delimiter), script, [Cuts.OneByte(script.Length), Cuts.Random(script.Length, random), Cuts.Random(script.Length, random)]);

            int first = script.AsSpan().IndexOf(Encoding.ASCII.GetBytes(delimiter));
            Assert.Equal(first is >= 0 and <= 125, outcome.Events.Count > 0);
        }
    }

    [Theory]
    [MemberData(nameof(EveryDelimiter))]
    public void A_frame_without_end_is_refused_as_soon_as_it_cannot_end_in_time(string delimiter)
    {
        byte[] script = [.. Enumerable.Repeat((byte)'z', 400)];

        foreach (Feeding feeding in (Feeding[])[Feeding.ContiguousReads, Feeding.SegmentedReads])
        {
            ParserOutcome outcome = Feeder.Feed(Small(delimiter), script, Cuts.OneByte(script.Length), feeding);
            Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);
            Assert.Equal(125 + delimiter.Length, outcome.Reads);
        }
    }

    [Theory]
    [MemberData(nameof(EveryDelimiter))]
    public void Bytes_in_one_piece_are_searched_once(string delimiter)
    {
        byte[] script = [.. Enumerable.Repeat((byte)'z', 5000)];
        DelimitedParser parser = Parser(delimiter);
        var sink = new SizeSink();
        long work = 0;
        for (int arrived = 1; arrived <= script.Length; arrived++)
        {
            work += arrived - parser.Searched;
            Assert.Equal(FrameFault.None, parser.Parse(new ReadOnlySequence<byte>(script, 0, arrived), ref sink, out _));
        }

        Assert.InRange(work, script.Length, (long)script.Length * delimiter.Length);
    }

    [Fact]
    public void Bytes_in_many_pieces_are_looked_at_once()
    {
        byte[] script = [.. Enumerable.Repeat((byte)'z', 4000), (byte)'\r', (byte)'\n'];
        long small = Trickle.Looks(Parser("\r\n"), script[3000..], 1);
        long large = Trickle.Looks(Parser("\r\n"), script, 1);

        Assert.InRange(large, script.Length, small * 5);
    }

    /// <summary>What a pipe may do between two reads of the same bytes.</summary>
    [Fact]
    public void Bytes_searched_in_one_piece_may_come_again_in_several()
    {
        byte[] script = Encoding.ASCII.GetBytes("abcdefgh\r\nij\r\n");
        for (int arrived = 1; arrived < script.Length; arrived++)
        {
            foreach (int[] cuts in Cuts.InTwo(script.Length).Append(Cuts.OneByte(script.Length)))
            {
                var events = new List<string>();
                var sink = new RecordingSink(events);
                DelimitedParser parser = Parser("\r\n");
                var first = new ReadOnlySequence<byte>(script, 0, arrived);
                _ = parser.Parse(first, ref sink, out SequencePosition position);
                int taken = (int)first.Slice(0, position).Length;
                ReadOnlySequence<byte> again = Segment.Sequence(script.AsMemory(taken), cuts.Where(cut => cut > taken).Select(cut => cut - taken));
                _ = parser.Parse(again, ref sink, out position);
                parser.Dispose();

                Assert.Equal(Expected(script, "\r\n"), events);
                Assert.Equal(again.Length, again.Slice(0, position).Length);
            }
        }
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        byte[] script = Encoding.ASCII.GetBytes("one\r\n\r\ntwo and three\r\nfour\r\n");
        var whole = new ReadOnlySequence<byte>(script);
        ReadOnlySequence<byte> cut = Segment.Sequence(script, [2, 4, 11, 22]);
        DelimitedParser parser = Parser("\r\n");
        var sink = new SizeSink();
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                _ = parser.Parse(whole, ref sink, out _);
                _ = parser.Parse(cut, ref sink, out _);
            }
        });

        Assert.Equal(2 * 50 * 2 * 4, sink.Messages);
    }

    [Fact]
    public void A_delimiter_has_one_to_four_bytes_of_its_own()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DelimitedFraming { Delimiter = Array.Empty<byte>() });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DelimitedFraming { Delimiter = new byte[5] });

        byte[] mine = [1, 2];
        var options = new DelimitedFraming { Delimiter = mine };
        mine[0] = 9;
        Assert.Equal([1, 2], options.Delimiter.ToArray());
        Assert.Equal(new DelimitedFraming { Delimiter = new byte[] { 1, 2 } }, options);
        Assert.NotEqual(DelimitedFraming.Default, options);
    }

    private static List<string> Expected(ReadOnlySpan<byte> script, string delimiter)
    {
        var expected = new List<string>();
        byte[] mark = Encoding.ASCII.GetBytes(delimiter);
        for (int end = script.IndexOf(mark); end >= 0; end = script.IndexOf(mark))
        {
            expected.Add(RecordingSink.Message(script[..end], false));
            script = script[(end + mark.Length)..];
        }

        return expected;
    }

    private static DelimitedParser Parser(string delimiter) => new(Options(delimiter), FrameLimits.Default);

    private static DelimitedParser Small(string delimiter) => new(Options(delimiter), new FrameLimits { MaxMessageSize = 125 });

    private static DelimitedFraming Options(string delimiter) => new() { Delimiter = Encoding.ASCII.GetBytes(delimiter) };
}
