using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.LengthPrefixed;

public class LengthPrefixedParserTests
{
    public static TheoryData<LengthField, bool, bool> EveryForm()
    {
        var forms = new TheoryData<LengthField, bool, bool>();
        foreach (LengthField field in Enum.GetValues<LengthField>())
        {
            forms.Add(field, false, false);
            forms.Add(field, false, true);
            forms.Add(field, true, false);
            forms.Add(field, true, true);
        }

        return forms;
    }

    [Theory]
    [MemberData(nameof(EveryForm))]
    public void Frames_arrive_whole_in_every_segmentation(LengthField field, bool isLittleEndian, bool countsItself)
    {
        LengthPrefixedFraming options = Options(field, isLittleEndian, countsItself);
        byte[][] payloads = [[], [1], Wire.Bytes(7), [], Wire.Bytes(90), Wire.Bytes(126), []];
        AssertArrive(options, payloads, new SplitMix(1));
    }

    [Theory]
    [InlineData(LengthField.TwoBytes)]
    [InlineData(LengthField.FourBytes)]
    [InlineData(LengthField.EightBytes)]
    [InlineData(LengthField.Varint)]
    public void Long_frames_arrive_whole(LengthField field)
    {
        byte[][] payloads = [Wire.Bytes(127), Wire.Bytes(128), Wire.Bytes(16_383), Wire.Bytes(16_384), Wire.Bytes(65_535), [1, 2]];
        AssertArrive(Options(field, false, false), payloads, new SplitMix(2));
    }

    [Theory]
    [InlineData(4001UL)]
    [InlineData(4002UL)]
    [InlineData(4003UL)]
    public void Random_frames_round_trip(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 40; round++)
        {
            LengthPrefixedFraming options = Options(random.Pick(Enum.GetValues<LengthField>()), random.OneIn(2), random.OneIn(2));
            int longest = options.Field == LengthField.OneByte ? 254 : 400;
            byte[][] payloads = [.. Enumerable.Range(0, random.Below(8)).Select(_ => RandomBytes(random, random.Below(random.Pick(4, longest))))];
            AssertArrive(options, payloads, random);
        }
    }

    [Theory]
    [InlineData(4101UL)]
    [InlineData(4102UL)]
    public void Random_bytes_never_throw_and_give_the_same_however_cut(ulong seed)
    {
        var random = new SplitMix(seed);
        var limits = new FrameLimits { MaxMessageSize = 125 };
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Below(60)).Select(_ => random.OneIn(2) ? random.Pick<byte>(0, 0, 1, 2, 5, 128, 255) : (byte)random.Next())];
            LengthPrefixedFraming options = Options(random.Pick(Enum.GetValues<LengthField>()), random.OneIn(2), random.OneIn(2));
            Feeder.FeedEveryWay(() => new LengthPrefixedParser(options, limits), bytes, [Cuts.OneByte(bytes.Length), Cuts.Random(bytes.Length, random)]);
        }
    }

    [Theory]
    [MemberData(nameof(EveryForm))]
    public void The_limit_holds_on_the_length_alone(LengthField field, bool isLittleEndian, bool countsItself)
    {
        LengthPrefixedFraming options = Options(field, isLittleEndian, countsItself);
        byte[] exact = Frame(options, Wire.Bytes(125));
        Assert.Single(Feeder.FeedEveryWay(() => Small(options), exact, Cuts.Every(exact.Length, new SplitMix(3))).Events);

        AssertFault(FrameFault.MessageTooBig, options, Frame(options, Wire.Bytes(126))[..^126]);
    }

    [Theory]
    [InlineData(LengthField.OneByte)]
    [InlineData(LengthField.TwoBytes)]
    [InlineData(LengthField.FourBytes)]
    [InlineData(LengthField.EightBytes)]
    public void The_largest_length_is_too_big_and_not_negative(LengthField field)
    {
        byte[] largest = [.. Enumerable.Repeat((byte)0xFF, (int)field)];
        AssertFault(FrameFault.MessageTooBig, Options(field, false, false), largest);
        AssertFault(FrameFault.MessageTooBig, Options(field, true, true), largest);
    }

    [Theory]
    [MemberData(nameof(EveryForm))]
    public void A_length_that_counts_itself_cannot_be_less_than_that(LengthField field, bool isLittleEndian, bool countsItself)
    {
        byte[] zero = new byte[Math.Max(1, (int)field)];
        LengthPrefixedFraming options = Options(field, isLittleEndian, countsItself);
        if (countsItself)
        {
            AssertFault(FrameFault.BadLength, options, zero);
        }
        else
        {
            Assert.Equal([RecordingSink.Message([], false)], Feeder.Feed(Small(options), zero, [], Feeding.ContiguousReads).Events);
        }
    }

    [Fact]
    public void A_varint_may_be_longer_than_needed_but_not_than_ten_bytes()
    {
        LengthPrefixedFraming options = Options(LengthField.Varint, false, false);
        byte[] padded = [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 7, 8];
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Small(options), padded, Cuts.Every(padded.Length, new SplitMix(4)));
        Assert.Equal([RecordingSink.Message([7, 8], false)], outcome.Events);

        byte[] nine = [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80];
        AssertFault(FrameFault.BadLength, options, [.. nine, 0x80, 0x00]);
        AssertFault(FrameFault.BadLength, options, [.. nine, 0x02]);
        AssertFault(FrameFault.MessageTooBig, options, [.. nine, 0x01]);
        AssertFault(FrameFault.None, options, nine);
    }

    [Fact]
    public void A_varint_that_counts_itself_counts_its_own_bytes()
    {
        LengthPrefixedFraming options = Options(LengthField.Varint, false, true);

        Assert.Equal([RecordingSink.Message([9], false)], Feeder.Feed(Small(options), [0x83, 0x00, 9], [], Feeding.ContiguousReads).Events);
        AssertFault(FrameFault.BadLength, options, [0x81, 0x00]);
    }

    [Theory]
    [InlineData(LengthField.FourBytes)]
    [InlineData(LengthField.Varint)]
    public void A_trickled_frame_is_not_walked_again_at_every_byte(LengthField field)
    {
        LengthPrefixedFraming options = Options(field, false, false);
        long small = Trickle.Looks(new LengthPrefixedParser(options, FrameLimits.Default), Frame(options, Wire.Bytes(1000)), 1);
        long large = Trickle.Looks(new LengthPrefixedParser(options, FrameLimits.Default), Frame(options, Wire.Bytes(4000)), 1);

        Assert.InRange(large, 4000, small * 5);
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        LengthPrefixedFraming options = LengthPrefixedFraming.Default;
        byte[] script = Wire.Join([.. Enumerable.Range(0, 20).Select(i => Frame(options, Wire.Bytes(i * 9)))]);
        var whole = new ReadOnlySequence<byte>(script);
        ReadOnlySequence<byte> cut = Segment.Sequence(script, [2, 9, 40, 1000]);
        LengthPrefixedParser parser = new(options, FrameLimits.Default);
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

    [Fact]
    public void An_undefined_field_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LengthPrefixedFraming { Field = (LengthField)3 });

    private static void AssertArrive(LengthPrefixedFraming options, byte[][] payloads, SplitMix random)
    {
        byte[] script = Wire.Join([.. payloads.Select(payload => Frame(options, payload))]);
        ParserOutcome outcome = Feeder.FeedEveryWay(
            () => new LengthPrefixedParser(options, FrameLimits.Default), script, Cuts.Every(script.Length, random));

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.Equal(payloads.Select(payload => RecordingSink.Message(payload, false)), outcome.Events);
    }

    private static void AssertFault(FrameFault expected, LengthPrefixedFraming options, byte[] bad)
    {
        byte[] script = Wire.Join(Frame(options, "before"u8), bad);
        ParserOutcome outcome = Feeder.FeedEveryWay(() => Small(options), script, Cuts.Every(script.Length, new SplitMix(5)));

        Assert.Equal(expected, outcome.Fault);
        Assert.Equal([RecordingSink.Message("before"u8, false)], outcome.Events);
    }

    private static byte[] Frame(LengthPrefixedFraming options, ReadOnlySpan<byte> payload)
    {
        var field = new List<byte>();
        int size = (int)options.Field;
        if (size == 0)
        {
            int own = 1;
            while (options.CountsItself && payload.Length + own >= 1L << (7 * own))
            {
                own++;
            }

            int rest = payload.Length + (options.CountsItself ? own : 0);
            for (; rest >= 0x80; rest >>= 7)
            {
                field.Add((byte)(rest | 0x80));
            }

            field.Add((byte)rest);
        }
        else
        {
            long length = payload.Length + (options.CountsItself ? size : 0);
            field.AddRange(Enumerable.Range(0, size).Select(i => (byte)(length >> (8 * i))));
            if (!options.IsLittleEndian)
            {
                field.Reverse();
            }
        }

        return [.. field, .. payload];
    }

    private static byte[] RandomBytes(SplitMix random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next())];

    private static LengthPrefixedFraming Options(LengthField field, bool isLittleEndian, bool countsItself) =>
        new() { Field = field, IsLittleEndian = isLittleEndian, CountsItself = countsItself };

    private static LengthPrefixedParser Small(LengthPrefixedFraming options) => new(options, new FrameLimits { MaxMessageSize = 125 });
}
