using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Connections;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Connections;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Limits hold on the header alone: nothing is buffered for a frame that will be refused (RELIABILITY B34, B35).</summary>
public class FrameParserLimitTests
{
    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 1000, MaxFragments = 4 };

    [Theory]
    [InlineData(1001L, 2)]
    [InlineData(65535L, 2)]
    [InlineData(65536L, 8)]
    [InlineData(1L << 31, 8)]
    [InlineData((1L << 31) - 1, 8)]
    [InlineData(1L << 32, 8)]
    [InlineData(1L << 40, 8)]
    [InlineData(long.MaxValue, 8)]
    [InlineData(long.MaxValue - 13, 8)]
    public void A_frame_too_big_is_refused_on_its_header(long length, int form)
    {
        foreach (byte first in (byte[])[0x81, 0x82, 0x01, 0x02])
        {
            byte[] script = Wire.Header(first, length, form);
            ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(1)));

            Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);
            Assert.Equal(1009, outcome.Fault.CloseCode());
            Assert.Empty(outcome.Events);
        }
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(65535)]
    [InlineData(70_000)]
    public void A_frame_too_big_is_refused_when_it_is_all_there_too(int length)
    {
        byte[] script = Wire.Join(Wire.Frame(Wire.Text, "ok"), Wire.Frame(Wire.Binary, new byte[length]));
        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.InTwoNearTheEnds(script.Length));

        Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);
        Assert.Equal([RecordingSink.Message("ok"u8, true)], outcome.Events);
    }

    [Fact]
    public void A_masked_frame_too_big_is_refused_before_its_key()
    {
        byte[] script = Wire.Header(0x82, 1L << 40, 8, mask: 0x01020304)[..10];

        Assert.Equal(FrameFault.MessageTooBig, Feeder.FeedEveryWay(Server, script, Cuts.Every(script.Length, new SplitMix(2))).Fault);
    }

    [Fact]
    public void A_message_of_exactly_the_limit_is_accepted()
    {
        byte[] payload = Wire.Bytes(1000);
        byte[] script = Wire.Join(
            Wire.Frame(Wire.Binary, payload), Wire.Part(Wire.Binary, payload.AsSpan(0, 400)), Wire.Frame(Wire.Continuation, payload.AsSpan(400)),
            Wire.Part(Wire.Binary, payload), Wire.Frame(Wire.Continuation, ""));

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(3)));

        Assert.Equal(FrameFault.None, outcome.Fault);
        Assert.Equal(Enumerable.Repeat(RecordingSink.Message(payload, false), 3), outcome.Events, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x00)]
    public void Fragments_that_add_up_to_too_much_are_refused_on_the_header(byte continuation)
    {
        byte[] script = Wire.Join(Wire.Part(Wire.Binary, new byte[600]), Wire.Part(Wire.Continuation, new byte[400]), [continuation, 1]);

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(4)));

        Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);
        Assert.Equal(script.Length, Feeder.Feed(Client(), script, Cuts.OneByte(script.Length), Feeding.ContiguousReads).Reads);
    }

    [Fact]
    public void The_fragment_above_the_limit_is_refused_on_its_header()
    {
        byte[][] four = [Wire.Part(Wire.Text, ""), Wire.Part(Wire.Continuation, "a"), Wire.Part(Wire.Continuation, ""), Wire.Part(Wire.Continuation, "b")];
        byte[] script = Wire.Join([.. four, [0x80, 0x00]]);

        ParserOutcome outcome = Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(5)));

        Assert.Equal(FrameFault.TooManyFragments, outcome.Fault);
        Assert.Equal(1009, outcome.Fault.CloseCode());
        Assert.Empty(outcome.Events);
    }

    [Fact]
    public void As_many_fragments_as_the_limit_are_accepted_each_time()
    {
        byte[] message = Wire.Join(
            Wire.Part(Wire.Text, "1"), Wire.Part(Wire.Continuation, "2"), Wire.Frame(Wire.Ping, ""), Wire.Part(Wire.Continuation, "3"), Wire.Frame(Wire.Continuation, "4"));
        byte[] script = Wire.Join(message, message, message);

        Assert.Equal(6, Feeder.FeedEveryWay(Client, script, Cuts.Every(script.Length, new SplitMix(6))).Events.Count);
    }

    [Fact]
    public void A_flood_of_fragments_costs_no_memory_each()
    {
        const int Count = 100_000;
        byte[] fragments = Wire.Join([.. Enumerable.Repeat(Wire.Part(Wire.Continuation, "x"), Count)]);
        var parser = new WebSocketFrameParser<ClientRole>(new FrameLimits { MaxFragments = int.MaxValue });
        var sink = new RecordingSink([]);
        _ = parser.Parse(new ReadOnlySequence<byte>(Wire.Part(Wire.Text, "x")), ref sink, out _);
        var flood = new ReadOnlySequence<byte>(fragments);
        _ = parser.Parse(flood, ref sink, out _);

        // The buffer doubles now and then, out of the pool where that has one: 2 * 200,000 bytes are the whole message twice over.
        long before = GC.GetAllocatedBytesForCurrentThread();
        FrameFault fault = parser.Parse(flood, ref sink, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        parser.Dispose();

        Assert.Equal(FrameFault.None, fault);
        Assert.InRange(allocated, 0, 16 * Count / 10);
    }

    [Fact]
    public void A_declared_length_allocates_nothing()
    {
        byte[] header = Wire.Header(0x82, 1 << 30, 8);
        byte[] fragmented = Wire.Join(Wire.Part(Wire.Binary, "x"), Wire.Header(0x80, (1 << 30) - 1, 8));
        var limits = new FrameLimits { MaxMessageSize = 1 << 30 };
        bool accepted = true;
        AllocationBudget.AssertZero(() =>
        {
            foreach (byte[] script in (ReadOnlySpan<byte[]>)[header, fragmented])
            {
                var parser = new WebSocketFrameParser<ClientRole>(limits);
                var sink = new RecordingSink(s_none);
                accepted &= parser.Parse(new ReadOnlySequence<byte>(script), ref sink, out _) == FrameFault.None;
                parser.Dispose();
            }
        });

        Assert.True(accepted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 30) + 1)]
    [InlineData(-1)]
    public void An_impossible_message_limit_is_refused(int size) =>
        Assert.Equal(["Limits.MaxMessageSize"], WrongOptions.In(new LineOptions { Limits = new FrameLimits { MaxMessageSize = size } }));

    [Fact]
    public void An_impossible_fragment_limit_is_refused() =>
        Assert.Equal(["Limits.MaxFragments"], WrongOptions.In(new LineOptions { Limits = new FrameLimits { MaxFragments = 0 } }));

    private static readonly List<string> s_none = [];

    private static WebSocketFrameParser<ClientRole> Client() => new(s_limits);

    private static WebSocketFrameParser<ServerRole> Server() => new(s_limits);
}
