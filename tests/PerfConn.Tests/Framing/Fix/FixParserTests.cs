using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.Fix;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.Fix;

public class FixParserTests
{
    private const string Body = "35=X|49=VENUE|56=ME|34=2|268=1|279=0|269=0|55=BTC-USD|270=42000.5|271=0.1|";

    /// <summary>The example of the FIX specification's own community wiki, its checksum computed by hand elsewhere.</summary>
    [Fact]
    public void A_message_that_nobody_here_made_is_read()
    {
        byte[] message = FixText.Bytes("8=FIX.4.2|9=178|35=8|49=PHLX|56=PERS|52=20071123-05:30:00.000|11=ATOMNOCCC9990900|20=3|150=E|39=E|55=MSFT|167=CS|54=1|38=15|40=2|44=15|58=PHLX EQUITY TESTING|59=0|47=C|32=0|31=0|151=15|14=0|6=0|10=128|");
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser("FIX.4.2"), message, Cuts.Every(message.Length, new SplitMix(1)));

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.Equal([RecordingSink.Message(message, false)], outcome.Events);
    }

    [Theory]
    [InlineData("FIX.4.4")]
    [InlineData("FIXT.1.1")]
    [InlineData("X")]
    [InlineData("SIXTEEN.BYTES.XX")]
    public void Messages_arrive_whole_in_every_segmentation(string begin)
    {
        byte[][] messages =
        [
            FixText.Message("35=0|", begin), FixText.Message(Body, begin), FixText.Message("", begin),
            FixText.Message("35=B|95=9|96=|10=000||", begin), FixText.Message("35=0|", begin),
        ];
        byte[] script = Wire.Join([.. messages, messages[1][..50]]);
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser(begin), script, Cuts.Every(script.Length, new SplitMix(2)));

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.True(outcome.IsInsideMessage);
        Assert.Equal(messages.Select(message => RecordingSink.Message(message, false)), outcome.Events);
    }

    [Fact]
    public void A_long_message_arrives_whole_and_its_length_may_have_zeros_in_front()
    {
        byte[] message = FixText.Message("35=W|58=" + new string('x', 70_000) + "|");
        byte[] padded = FixText.Bytes("8=FIX.4.4|9=0000000005|35=0|");
        padded = [.. padded, .. FixText.Bytes($"10={FixText.Sum(padded)}|")];
        byte[] script = Wire.Join(message, padded);
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser(), script, Cuts.Every(script.Length, new SplitMix(3)));

        Assert.Equal([RecordingSink.Message(message, false), RecordingSink.Message(padded, false)], outcome.Events);
    }

    [Theory]
    [InlineData("9=5|8=FIX.4.4|35=0|10=000|")]
    [InlineData("8=FIX.4.2|9=5|35=0|10=000|")]
    [InlineData("8=FIX.4.4|35=0|9=5|10=000|")]
    [InlineData("8=FIX.4.4||9=5|35=0|10=000|")]
    [InlineData("8=FIX.4.44|9=5|35=0|10=000|")]
    [InlineData(" 8=FIX.4.4|9=5|35=0|10=000|")]
    [InlineData("\u00018=FIX.4.4|9=5|35=0|10=000|")]
    [InlineData("GET / HTTP/1.1")]
    public void BeginString_is_first_and_the_one_expected_and_BodyLength_second(string bad) => AssertFault(FrameFault.BadBeginString, FixText.Bytes(bad));

    [Theory]
    [InlineData("8=FIX.4.4|9=|35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=-5|35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=+5|35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=5x|35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=5 |35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=00000000005|35=0|10=000|")]
    [InlineData("8=FIX.4.4|9=4|35=0|10=163|padding")]
    [InlineData("8=FIX.4.4|9=6|35=0|10=163|padding")]
    [InlineData("8=FIX.4.4|9=5|35=0x10=163|padding")]
    [InlineData("8=FIX.4.4|9=5|35=0|11=163|padding")]
    [InlineData("8=FIX.4.4|9=5|35=0|9=5|10=163|padding")]
    public void BodyLength_is_a_number_and_leads_to_the_checksum(string bad) => AssertFault(FrameFault.BadBodyLength, FixText.Bytes(bad));

    [Fact]
    public void CheckSum_is_the_sum_in_three_digits()
    {
        byte[] good = FixText.Message("35=0|");
        int sum = int.Parse(FixText.Sum(good[..^7]), CultureInfo.InvariantCulture);
        for (int other = 0; other < 256; other++)
        {
            if (other != sum)
            {
                AssertFault(FrameFault.BadChecksum, FixText.Message("35=0|", checksum: other.ToString("D3", CultureInfo.InvariantCulture)), isBrief: true);
            }
        }

        AssertFault(FrameFault.BadChecksum, FixText.Message("35=0|", checksum: (sum + 256).ToString(CultureInfo.InvariantCulture)));
        AssertFault(FrameFault.BadChecksum, [.. good[..^1], (byte)'|']);
        AssertFault(FrameFault.BadChecksum, FixText.Message("35=0|", checksum: " 16"));
    }

    /// <summary>One flipped bit anywhere in a message is never let through: the sum, the length or the order tells.</summary>
    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        byte[] message = FixText.Message(Body);
        byte[] next = FixText.Message("35=0|");
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] spoiled = [.. message, .. next];
            spoiled[bit / 8] ^= (byte)(1 << (bit % 8));
            ParserOutcome outcome = Feeder.Feed(Parser(), spoiled, [], Feeding.ContiguousReads);
            Assert.True(outcome.Events.Count == 0 && (outcome.Fault != FrameFault.None || outcome.IsInsideMessage), $"bit {bit}: {outcome}");
        }
    }

    [Theory]
    [InlineData("8=FIX.4.4|9=9999999999|")]
    [InlineData("8=FIX.4.4|9=2147483647|")]
    [InlineData("8=FIX.4.4|9=1073741824|")]
    [InlineData("8=FIX.4.4|9=101|")]
    public void The_limit_holds_on_the_length_alone(string head)
    {
        // 16 bytes of header here, 7 of trailer: 1 byte too many at a length of 101.
        var limits = new FrameLimits { MaxMessageSize = 16 + 100 + 7 };
        byte[] script = FixText.Bytes(head);
        ParserOutcome outcome = Feeder.FeedEveryWay(() => new FixParser(new FixFraming(), limits), script, Cuts.Every(script.Length, new SplitMix(4)));
        Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);

        byte[] exact = FixText.Message("35=0|58=" + new string('x', 91) + "|");
        Assert.Equal(limits.MaxMessageSize, exact.Length);
        Assert.Single(Feeder.FeedEveryWay(() => new FixParser(new FixFraming(), limits), exact, Cuts.Every(exact.Length, new SplitMix(5))).Events);
    }

    [Fact]
    public void A_wrong_beginning_is_refused_at_its_first_wrong_byte()
    {
        byte[] script = FixText.Bytes("8=FIX.4.2|9=5|35=0|10=000|");
        ParserOutcome outcome = Feeder.Feed(Parser(), script, Cuts.OneByte(script.Length), Feeding.SegmentedReads);

        Assert.Equal(FrameFault.BadBeginString, outcome.Fault);
        Assert.Equal("8=FIX.4.2".Length, outcome.Reads);
    }

    [Theory]
    [InlineData(6001UL)]
    [InlineData(6002UL)]
    [InlineData(6003UL)]
    public void Spoiled_streams_never_throw_and_give_the_same_however_cut(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 700; round++)
        {
            var script = new List<byte>();
            for (int i = random.Below(4); i >= 0; i--)
            {
                string body = "35=" + new string('a', random.Below(40)) + "|";
                script.AddRange(random.OneIn(6)
                    ? FixText.Message(body, length: body.Length + random.Pick(-2, -1, 1, 3, 20), checksum: random.OneIn(2) ? "000" : null)
                    : FixText.Message(body));
            }

            if (random.OneIn(2))
            {
                script[random.Below(script.Count)] = (byte)random.Pick('0', '9', '1', '=', 1, 'F', 255);
            }

            byte[] bytes = [.. script];
            Feeder.FeedEveryWay(() => Parser(), bytes, [Cuts.OneByte(bytes.Length), Cuts.Random(bytes.Length, random), Cuts.Random(bytes.Length, random)]);
        }
    }

    [Fact]
    public void A_trickled_message_is_not_walked_again_at_every_byte()
    {
        long small = Trickle.Looks(Parser(), FixText.Message("35=W|58=" + new string('x', 1000) + "|"), 1);
        long large = Trickle.Looks(Parser(), FixText.Message("35=W|58=" + new string('x', 4000) + "|"), 1);

        Assert.InRange(large, 4000, small * 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1000)]
    public void The_sum_is_the_same_by_lanes_and_by_bytes(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(255 - (i * 7)))];

        Assert.Equal((byte)bytes.Sum(b => b), FixTrailer.Sum(bytes));
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        byte[] script = Wire.Join([.. Enumerable.Range(0, 20).Select(_ => FixText.Message(Body))]);
        var whole = new ReadOnlySequence<byte>(script);
        ReadOnlySequence<byte> cut = Segment.Sequence(script, [2, 9, 40, 1000]);
        FixParser parser = Parser();
        var sink = new SizeSink();
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                _ = parser.Parse(whole, ref sink, out _);
                _ = parser.Parse(cut, ref sink, out _);
            }
        });

        Assert.Equal(2 * 50 * 2 * 20, sink.Messages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SEVENTEEN.BYTES.X")]
    [InlineData("FIX 4.4")]
    [InlineData("FIX\u0001")]
    [InlineData("FIXé")]
    public void An_impossible_BeginString_is_refused(string begin) => Assert.Throws<ArgumentException>(() => new FixFraming { BeginString = begin });

    private static void AssertFault(FrameFault expected, byte[] bad, bool isBrief = false)
    {
        byte[] before = FixText.Message("35=0|");
        byte[] script = Wire.Join(before, bad);
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Parser(), script, isBrief ? [Cuts.OneByte(script.Length)] : Cuts.Every(script.Length, new SplitMix(6)));

        Assert.Equal(expected, outcome.Fault);
        Assert.Equal([RecordingSink.Message(before, false)], outcome.Events);
    }

    private static FixParser Parser(string begin = "FIX.4.4") => new(new FixFraming { BeginString = begin }, FrameLimits.Default);
}
