using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Text that is not UTF-8 is refused in the read that brings the first byte which nothing could mend (RELIABILITY B37, Autobahn 6.4).</summary>
public class FrameParserUtf8Tests
{
    /// <summary>Bad text, and how many of its bytes show that it is bad; 0 when only the end of the message does.</summary>
    public static TheoryData<string, int> BadTexts() => new()
    {
        { "80", 1 },
        { "BF", 1 },
        { "61C0AF", 2 },
        { "C1BF", 1 },
        { "C361", 2 },
        { "E08080", 2 },
        { "E09F80", 2 },
        { "EDA080", 2 },
        { "EDBFBF", 2 },
        { "E282E2", 3 },
        { "F0808080", 2 },
        { "F08FBFBF", 2 },
        { "F4908080", 2 },
        { "F0908041", 4 },
        { "F5808080", 1 },
        { "FF", 1 },
        { "CEBAE1BDB9CF83CEBCCEB5F4908080656469746564", 13 },
        { "C3", 0 },
        { "E282", 0 },
        { "61F0", 0 },
        { "F09F92", 0 },
    };

    [Theory]
    [MemberData(nameof(BadTexts))]
    public void In_one_frame(string hex, int shown)
    {
        byte[] text = Convert.FromHexString(hex);
        byte[] header = Wire.Header(Wire.Fin | Wire.Text, text.Length, 0);
        AssertRefused(Wire.Join(header, text), shown == 0 ? header.Length + text.Length : header.Length + shown);
    }

    [Theory]
    [MemberData(nameof(BadTexts))]
    public void In_a_long_frame_of_which_most_never_comes(string hex, int shown)
    {
        byte[] text = Convert.FromHexString(hex);
        byte[] header = Wire.Header(Wire.Fin | Wire.Text, 3_000_000, 8);
        if (shown > 0)
        {
            AssertRefused(Wire.Join(header, "good so far"u8.ToArray(), text), header.Length + 11 + shown);
        }
    }

    [Theory]
    [MemberData(nameof(BadTexts))]
    public void Cut_into_fragments_everywhere(string hex, int shown)
    {
        byte[] text = Convert.FromHexString(hex);
        for (int cut = 0; cut <= text.Length; cut++)
        {
            byte[] script = Wire.Join(
                Wire.Part(Wire.Text, text.AsSpan(0, cut)), Wire.Frame(Wire.Ping, ""), Wire.Frame(Wire.Continuation, text.AsSpan(cut)));
            int inFirst = 2 + shown;
            int inSecond = 2 + cut + 2 + 2 + (shown == 0 ? text.Length : shown) - cut;
            AssertRefused(script, shown > 0 && shown <= cut ? inFirst : inSecond, pings: shown > 0 && shown <= cut ? 0 : 1);
        }
    }

    [Fact]
    public void Each_byte_a_fragment()
    {
        byte[] text = Convert.FromHexString("CEBAEDA080");
        byte[] script = Wire.Join([.. text.Select((b, i) => Wire.Part(i == 0 ? Wire.Text : Wire.Continuation, [b]))]);

        AssertRefused(script, 4 * 3);
    }

    [Fact]
    public void Good_text_trickles_through_partial_frames_and_fragments()
    {
        byte[] text = Wire.MixedText(96);
        for (int cut = 0; cut <= text.Length; cut += 7)
        {
            byte[] script = Wire.Join(
                Wire.Part(Wire.Text, text.AsSpan(0, cut)), Wire.Frame(Wire.Pong, "p"), Wire.Frame(Wire.Continuation, text.AsSpan(cut)),
                Wire.Frame(Wire.Text, text));

            ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(6)));

            Assert.Equal(FrameFault.None, outcome.Fault);
            Assert.Equal(
                [RecordingSink.Control(ControlFrame.Pong, "p"u8), RecordingSink.Message(text, true), RecordingSink.Message(text, true)], outcome.Events);
        }
    }

    [Fact]
    public void A_binary_message_may_be_anything()
    {
        byte[] bad = [0xFF, 0xC0, 0x80];
        byte[] script = Wire.Join(Wire.Frame(Wire.Binary, bad), Wire.Part(Wire.Binary, bad), Wire.Frame(Wire.Continuation, bad), Wire.Frame(Wire.Text, "ok"));

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(7)));

        Assert.Equal(3, outcome.Events.Count);
    }

    [Fact]
    public void Masked_text_is_refused_too()
    {
        byte[] script = Wire.Join(Wire.Frame(Wire.Text, "ok", 0x81828384), Wire.Frame(Wire.Text, [0x61, 0xED, 0xA0, 0x80], 0x81828384));

        ParserOutcome outcome = Feeder.FeedEveryWay(
            () => new WebSocketFrameParser<ServerRole>(FrameLimits.Default), script, Cuts.Every(script.Length, new SplitMix(8)));

        Assert.Equal(FrameFault.InvalidUtf8, outcome.Fault);
        Assert.Single(outcome.Events);
    }

    private static void AssertRefused(byte[] script, int bytesNeeded, int pings = 0)
    {
        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(9)).Take(60));

        Assert.Equal(FrameFault.InvalidUtf8, outcome.Fault);
        Assert.Equal(1007, outcome.Fault.CloseCode());
        List<string> expected = [.. Enumerable.Repeat(RecordingSink.Control(ControlFrame.Ping, []), pings)];
        Assert.Equal(expected, outcome.Events, StringComparer.Ordinal);
        foreach (Feeding reads in (Feeding[])[Feeding.ContiguousReads, Feeding.SegmentedReads])
        {
            Assert.Equal(bytesNeeded, Feeder.Feed(Client(), script, Cuts.OneByte(script.Length), reads).Reads);
        }
    }

    private static WebSocketFrameParser<ClientRole> Client() => new(FrameLimits.Default);
}
