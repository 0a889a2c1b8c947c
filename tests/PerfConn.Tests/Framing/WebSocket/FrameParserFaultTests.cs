using System;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>What the parser refuses: in every segmentation, after the same events, in the read that brings the byte which shows it.</summary>
public class FrameParserFaultTests
{
    private static readonly byte[] s_before = Wire.Join(Wire.Frame(Wire.Text, "before"), Wire.Frame(Wire.Ping, "p"));

    public static TheoryData<string, FrameFault, int> FirstBytes()
    {
        var data = new TheoryData<string, FrameFault, int>();
        foreach (int first in Enumerable.Range(0, 256))
        {
            int opcode = first & 0x0F;
            FrameFault fault =
                (first & 0x70) != 0 ? FrameFault.ReservedBit
                : opcode is (>= 3 and <= 7) or >= 11 ? FrameFault.ReservedOpcode
                : opcode >= 8 && (first & 0x80) == 0 ? FrameFault.ControlFragmented
                : FrameFault.None;
            if (fault != FrameFault.None)
            {
                data.Add($"{first:X2}", fault, first);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FirstBytes))]
    public void A_bad_first_byte_is_refused_alone(string name, FrameFault expected, int first)
    {
        Assert.NotEmpty(name);
        AssertFault(expected, [(byte)first], []);
        AssertFault(expected, [(byte)first], [0x00]);
        AssertFault(expected, [(byte)first], [0x05, 1, 2, 3, 4, 5]);
    }

    [Fact]
    public void A_bad_first_byte_is_refused_inside_a_fragmented_message_too()
    {
        byte[] part = Wire.Part(Wire.Text, "half");
        AssertFault(FrameFault.ReservedBit, Wire.Join(part, [0xC0]), [0x00]);
        AssertFault(FrameFault.ReservedBit, Wire.Join(part, [0xC9]), [0x00]);
        AssertFault(FrameFault.ReservedOpcode, Wire.Join(part, [0x83]), [0x00]);
        AssertFault(FrameFault.ControlFragmented, Wire.Join(part, [0x09]), [0x00]);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0x82)]
    [InlineData(0x01)]
    [InlineData(0x88)]
    [InlineData(0x8A)]
    public void A_masked_frame_from_a_server_is_refused(byte first)
    {
        AssertFault(FrameFault.Masked, [first, 0x80], [0, 0, 0, 0]);
        AssertFault(FrameFault.Masked, [first, 0x85], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        if (first < 0x88)
        {
            AssertFault(FrameFault.Masked, [first, 0xFE], new byte[300]);
            AssertFault(FrameFault.Masked, [first, 0xFF], new byte[300]);
        }
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0x02)]
    [InlineData(0x89)]
    public void An_unmasked_frame_from_a_client_is_refused(byte first)
    {
        foreach (int length in (int[])[0, 1, 2, 50, 200])
        {
            byte[] script = Wire.Join(Wire.Frame(Wire.Text, "ok", 0x01020304), Wire.Raw(first, new byte[first < 0x88 ? length : 0]));

            ParserOutcome outcome = Feeder.FeedEveryWay(
                () => new WebSocketFrameParser<ServerRole>(FrameLimits.Default), script, Cuts.Every(script.Length, new SplitMix(3)));

            Assert.Equal(FrameFault.NotMasked, outcome.Fault);
            Assert.Equal([RecordingSink.Message("ok"u8, true)], outcome.Events);
        }
    }

    [Theory]
    [InlineData(0L, 2)]
    [InlineData(1L, 2)]
    [InlineData(125L, 2)]
    [InlineData(0L, 8)]
    [InlineData(125L, 8)]
    [InlineData(126L, 8)]
    [InlineData(65535L, 8)]
    [InlineData(-1L, 8)]
    [InlineData(long.MinValue, 8)]
    [InlineData(long.MinValue + 70_000, 8)]
    public void A_length_not_in_its_shortest_form_or_with_the_top_bit_is_refused(long length, int form)
    {
        foreach (byte first in (byte[])[0x81, 0x82, 0x01, 0x02])
        {
            AssertFault(FrameFault.BadLength, Wire.Header(first, length, form), new byte[130]);
        }
    }

    [Theory]
    [InlineData(0x88)]
    [InlineData(0x89)]
    [InlineData(0x8A)]
    public void A_long_control_frame_is_refused_on_its_second_byte(byte first)
    {
        AssertFault(FrameFault.ControlTooLong, [first, 126], [0, 126, .. new byte[126]]);
        AssertFault(FrameFault.ControlTooLong, [first, 127], [0, 0, 0, 0, 0, 1, 0, 0]);
    }

    [Fact]
    public void A_close_of_one_byte_is_refused_on_its_header() => AssertFault(FrameFault.InvalidClose, [0x88, 0x01], [0x03]);

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x00)]
    public void A_continuation_of_nothing_is_refused(byte first)
    {
        AssertFault(FrameFault.UnexpectedContinuation, [first, 0x00], []);
        AssertFault(FrameFault.UnexpectedContinuation, [first, 0x05], "hello"u8.ToArray());
    }

    [Fact]
    public void A_message_that_has_ended_is_not_continued()
    {
        byte[] script = Wire.Join(Wire.Part(Wire.Text, "a"), Wire.Frame(Wire.Continuation, "b"), Wire.Frame(Wire.Continuation, "c"));

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(5)));

        Assert.Equal(FrameFault.UnexpectedContinuation, outcome.Fault);
        Assert.Equal([RecordingSink.Message("ab"u8, true)], outcome.Events);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0x82)]
    [InlineData(0x01)]
    [InlineData(0x02)]
    public void A_new_message_inside_a_fragmented_one_is_refused(byte first)
    {
        AssertFault(FrameFault.ContinuationExpected, Wire.Join(Wire.Part(Wire.Text, "a"), [first, 0x00]), []);
        AssertFault(FrameFault.ContinuationExpected, Wire.Join(Wire.Part(Wire.Binary, ""), [first, 0x7E, 0x01, 0x00]), new byte[256]);
    }

    [Fact]
    public void Every_fault_has_a_close_code_that_may_be_sent_and_words_of_its_own()
    {
        FrameFault[] faults = Enum.GetValues<FrameFault>();

        Assert.All(faults, fault => Assert.True(CloseFrame.MayBeSent(fault.CloseCode())));
        Assert.Equal(faults.Length, faults.Select(fault => fault.Describe()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(faults, fault => Assert.NotEqual(fault.ToString(), fault.Describe(), StringComparer.Ordinal));
    }

    /// <summary>
    /// <paramref name="bad"/> ends with the byte that shows the fault: fed byte by byte, it is told there, and not one read later.
    /// </summary>
    private static void AssertFault(FrameFault expected, byte[] bad, byte[] rest)
    {
        byte[] script = Wire.Join(s_before, bad, rest);
        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(4)));

        Assert.Equal(expected, outcome.Fault);
        Assert.Equal([RecordingSink.Message("before"u8, true), RecordingSink.Control(ControlFrame.Ping, "p"u8)], outcome.Events);
        Assert.False(outcome.IsClosed);
        foreach (Feeding reads in (Feeding[])[Feeding.ContiguousReads, Feeding.SegmentedReads])
        {
            Assert.Equal(s_before.Length + bad.Length, Feeder.Feed(Client(), script, Cuts.OneByte(script.Length), reads).Reads);
        }
    }

    private static WebSocketFrameParser<ClientRole> Client() => new(FrameLimits.Default);
}
