using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Framing.Fix;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Tests.Framing.Fix;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>Encoders are the mirrors of their parsers: what they write is read back, and what could not be read back is refused.</summary>
public class RawEncoderTests
{
    private static readonly FrameLimits s_limits = FrameLimits.Default;

    [Fact]
    public void What_the_length_prefixed_encoder_writes_is_read_back_however_cut() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[][] Payloads, int Form, int Seed)>(), input =>
        {
            LengthField[] fields = Enum.GetValues<LengthField>();
            int form = input.Form & int.MaxValue;
            var framing = new LengthPrefixedFraming { Field = fields[form % fields.Length], IsLittleEndian = (form & 64) != 0, CountsItself = (form & 128) != 0 };
            AssertReadBack(new LengthPrefixedEncoder(framing), () => new LengthPrefixedParser(framing, s_limits), input.Payloads ?? [], payload => payload, input.Seed);
        }));

    [Fact]
    public void What_the_delimited_encoder_writes_is_read_back_however_cut() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[][] Payloads, byte[] Delimiter, int Seed)>(), input =>
        {
            byte[] delimiter = input.Delimiter is { Length: > 0 } some ? some[..Math.Min(4, some.Length)] : [10];
            var framing = new DelimitedFraming { Delimiter = delimiter };
            byte[][] sendable = [.. (input.Payloads ?? []).Where(payload => payload is not null && IndexOf([.. payload, .. delimiter], delimiter) == payload.Length)];
            AssertReadBack(new DelimitedEncoder(framing), () => new DelimitedParser(framing, s_limits), sendable, payload => payload, input.Seed);
        }));

    [Fact]
    public void What_the_FIX_encoder_writes_is_read_back_however_cut() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[][] Bodies, int Seed)>(), input =>
        {
            byte[][] bodies = [.. (input.Bodies ?? []).Select(body => (byte[])[.. "35="u8, .. body ?? [], 1])];
            var framing = new FixFraming { BeginString = "FIXT.1.1" };
            AssertReadBack(new FixEncoder(framing), () => new FixParser(framing, s_limits), bodies, body => FixText.Message(body, "FIXT.1.1"), input.Seed);
        }));

    [Theory]
    [InlineData(LengthField.OneByte, false, 255)]
    [InlineData(LengthField.OneByte, true, 254)]
    [InlineData(LengthField.TwoBytes, false, 65_535)]
    [InlineData(LengthField.TwoBytes, true, 65_533)]
    public void A_length_that_does_not_fit_into_its_field_is_refused(LengthField field, bool countsItself, int longest)
    {
        var encoder = new LengthPrefixedEncoder(new LengthPrefixedFraming { Field = field, CountsItself = countsItself });

        Assert.Equal(longest + (int)field, Encode(encoder, new byte[longest]).Length);
        FramingException e = Assert.Throws<FramingException>(() => Encode(encoder, new byte[longest + 1]));
        Assert.Contains((longest + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
    }

    /// <summary>Around every length at which a varint grows by a byte, by itself or because it counts itself.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_varint_is_as_short_as_can_be_and_read_back(bool countsItself)
    {
        var framing = new LengthPrefixedFraming { Field = LengthField.Varint, CountsItself = countsItself };
        var encoder = new LengthPrefixedEncoder(framing);
        foreach (int length in (int[])[0, 1, 125, 126, 127, 128, 129, 16_380, 16_381, 16_382, 16_383, 16_384, 16_385])
        {
            byte[] frame = Encode(encoder, new byte[length]);
            int size = frame.Length - length;
            Assert.Equal(length + (countsItself ? size : 0) < 128 ? 1 : length + (countsItself ? size : 0) < 16_384 ? 2 : 3, size);
            Assert.Equal([RecordingSink.Message(new byte[length], false)], Feeder.Feed(new LengthPrefixedParser(framing, s_limits), frame, [], Feeding.ContiguousReads).Events);
        }
    }

    [Theory]
    [InlineData("\n", "a\nb", "1")]
    [InlineData("\n", "\n", "0")]
    [InlineData("\r\n", "ab\r\n", "2")]
    [InlineData("\n\n", "ab\n", "2")]
    public void A_message_that_would_be_cut_elsewhere_is_refused(string delimiter, string message, string at)
    {
        var encoder = new DelimitedEncoder(new DelimitedFraming { Delimiter = Encoding.ASCII.GetBytes(delimiter) });
        FramingException e = Assert.Throws<FramingException>(() => Encode(encoder, Encoding.ASCII.GetBytes(message)));
        Assert.Contains("from byte " + at, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_bytes_of_a_delimiter_at_the_end_of_a_message_do_no_harm_if_it_is_found_behind_them() =>
        Assert.Equal("xaaaab", Encoding.ASCII.GetString(Encode(new DelimitedEncoder(new DelimitedFraming { Delimiter = "aab"u8.ToArray() }), [.. "xaa"u8])));

    [Theory]
    [InlineData("")]
    [InlineData("35=0")]
    [InlineData("49=ME|35=0|")]
    [InlineData("8=FIX.4.4|9=5|35=0|10=163|")]
    public void What_is_no_FIX_body_is_refused(string body) =>
        Assert.Throws<FramingException>(() => Encode(new FixEncoder(new FixFraming()), FixText.Bytes(body)));

    [Fact]
    public void Encoding_allocates_nothing()
    {
        IFrameEncoder[] encoders =
        [
            new LengthPrefixedEncoder(new LengthPrefixedFraming()), new LengthPrefixedEncoder(new LengthPrefixedFraming { Field = LengthField.Varint, CountsItself = true }),
            new DelimitedEncoder(new DelimitedFraming()), new FixEncoder(new FixFraming()),
        ];
        byte[] body = FixText.Bytes("35=0|");
        byte[] room = new byte[100];
        int written = 0;
        AllocationBudget.AssertZero(() =>
        {
            foreach (IFrameEncoder encoder in encoders)
            {
                written += encoder.Encode(room, 1, body);
            }
        });

        // Twice: a body of 5 bytes behind 4, behind 1, before 1, and in a FIX message of 26.
        Assert.Equal(2 * (9 + 6 + 6 + 26), written);
    }

    private static void AssertReadBack<TParser>(IFrameEncoder encoder, Func<TParser> parser, byte[][] payloads, Func<byte[], byte[]> expected, int seed)
        where TParser : struct, IFrameParser
    {
        payloads = [.. payloads.Select(payload => payload ?? [])];
        byte[] script = [.. payloads.SelectMany(payload => Encode(encoder, payload))];
        var random = new SplitMix((ulong)seed);
        ParserOutcome outcome = Feeder.FeedEveryWay(parser, script, [Cuts.OneByte(script.Length), Cuts.Random(script.Length, random), Cuts.Random(script.Length, random)]);

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.False(outcome.IsInsideMessage);
        Assert.Equal(payloads.Select(payload => RecordingSink.Message(expected(payload), false)), outcome.Events);
    }

    private static byte[] Encode(IFrameEncoder encoder, byte[] payload)
    {
        byte[] room = new byte[encoder.MaxSize(payload.Length)];
        return room[..encoder.Encode(room, 2, payload)];
    }

    private static int IndexOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sought) => bytes.IndexOf(sought);
}
