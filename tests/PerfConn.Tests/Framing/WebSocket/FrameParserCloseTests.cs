using System;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

public class FrameParserCloseTests
{
    [Fact]
    public void Every_code_is_accepted_or_refused_as_the_registry_says()
    {
        var accepted = Enumerable.Range(0, 5002).Append(65535).Where(code => Parse(Wire.CloseFrame(code)).Fault == FrameFault.None).ToList();

        Assert.Equal([1000, 1001, 1002, 1003, .. Enumerable.Range(1007, 8), .. Enumerable.Range(3000, 2000)], accepted);
    }

    [Fact]
    public void A_refused_code_is_a_fault_and_no_event()
    {
        ParserOutcome outcome = Parse(Wire.CloseFrame(1005));

        Assert.Equal(FrameFault.InvalidClose, outcome.Fault);
        Assert.Equal(1002, outcome.Fault.CloseCode());
        Assert.Empty(outcome.Events);
        Assert.False(outcome.IsClosed);
    }

    [Fact]
    public void Without_a_code() => AssertClose(Wire.Frame(Wire.Close, ""), []);

    [Fact]
    public void With_a_reason_of_every_length()
    {
        for (int length = 0; length <= CloseFrame.MaxReasonLength; length++)
        {
            byte[] payload = [0x0B, 0xB8, .. Wire.MixedText(length)];
            AssertClose(Wire.Frame(Wire.Close, payload), payload);
        }
    }

    [Fact]
    public void Of_one_byte_is_refused() => Assert.Equal(FrameFault.InvalidClose, Parse(Wire.Frame(Wire.Close, [0x03])).Fault);

    [Theory]
    [InlineData(new byte[] { 0x03, 0xE8, 0xC3 })]
    [InlineData(new byte[] { 0x03, 0xE8, 0xC0, 0x80 })]
    [InlineData(new byte[] { 0x03, 0xE8, 0x61, 0xED, 0xA0, 0x80 })]
    public void A_reason_that_is_not_UTF8_is_refused(byte[] payload) =>
        Assert.Equal(FrameFault.InvalidUtf8, Parse(Wire.Frame(Wire.Close, payload)).Fault);

    [Fact]
    public void Between_fragments_ends_the_message_unfinished()
    {
        ParserOutcome outcome = Parse(Wire.Join(Wire.Part(Wire.Text, "half"), Wire.CloseFrame(1001)));

        Assert.Equal([RecordingSink.Control(ControlFrame.Close, [0x03, 0xE9])], outcome.Events);
    }

    [Theory]
    [InlineData(1000, "", 2)]
    [InlineData(3999, "plain", 7)]
    [InlineData(1001, "\u20ac", 5)]
    public void Written_and_read_back(int code, string reason, int size)
    {
        var payload = new byte[FrameHeader.MaxControlPayload];

        Assert.Equal(size, CloseFrame.Write(payload, code, reason));
        Assert.Equal((code, reason), CloseFrame.Read(payload.AsSpan(0, size)));
    }

    [Fact]
    public void A_reason_too_long_is_cut_between_two_characters()
    {
        var payload = new byte[FrameHeader.MaxControlPayload];
        for (int lead = 0; lead < 4; lead++)
        {
            string reason = new string('a', lead) + string.Concat(Enumerable.Repeat("\U0001F4C8", 60));
            int size = CloseFrame.Write(payload, 1000, reason);

            Assert.InRange(size, 2 + CloseFrame.MaxReasonLength - 3, 2 + CloseFrame.MaxReasonLength);
            Assert.Equal(FrameFault.None, CloseFrame.Check(payload.AsSpan(0, size)));
            Assert.StartsWith(CloseFrame.Read(payload.AsSpan(0, size)).Reason, reason, System.StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_without_a_code_is_1005() => Assert.Equal((1005, ""), CloseFrame.Read([]));

    private static void AssertClose(byte[] script, byte[] payload)
    {
        ParserOutcome outcome = Parse(script);
        Assert.Equal([RecordingSink.Control(ControlFrame.Close, payload)], outcome.Events);
        Assert.True(outcome.IsClosed);
        Assert.Equal(FrameFault.None, outcome.Fault);
    }

    private static ParserOutcome Parse(byte[] script) => Feeder.FeedEveryWay(
        static () => new WebSocketFrameParser<ClientRole>(FrameLimits.Default), script, [Cuts.OneByte(script.Length)]);
}
