using System;
using System.Buffers;
using System.IO;
using System.IO.Compression;
using System.Linq;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>Little on the wire that wants to be much in memory (CVE-2026-1526, RELIABILITY B42, D27).</summary>
public sealed class BombTests
{
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>A thousand times a megabyte of zeros, in one message: about a megabyte of deflate data.</summary>
    private static readonly Lazy<byte[]> s_bomb = new(() =>
    {
        var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal);
        byte[] zeros = new byte[1024 * 1024];
        for (int i = 0; i < 1000; i++)
        {
            deflate.Write(zeros);
        }

        deflate.Flush();
        return output.ToArray()[..^4];
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(65_536)]
    public void A_gigabyte_of_zeros_ends_at_the_limit_and_costs_no_more(int frameSize)
    {
        byte[] bomb = s_bomb.Value;
        Assert.InRange(bomb.Length, 500_000, 2_000_000);
        byte[] script = PeerDeflater.Frames(Wire.Binary, bomb, frameSize);
        var sequence = new ReadOnlySequence<byte>(script);
        var inflater = new MessageInflater(true, 15, new FrameLimits { MaxMessageSize = Limit });
        var parser = new WebSocketFrameParser<ClientRole>(new FrameLimits { MaxMessageSize = Limit }, inflater);
        var sink = new SizeSink();

        // The pool may have some of it already: what is counted is what is taken besides.
        long before = GC.GetAllocatedBytesForCurrentThread();
        FrameFault fault = parser.Parse(sequence, ref sink, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(FrameFault.MessageTooBig, fault);
        Assert.Equal(1009, fault.CloseCode());
        Assert.Equal(0, sink.Messages);
        Assert.InRange(allocated, 0, Limit + (64 * 1024) + AllocationBudget.Window);
        Assert.Equal(Limit + 1, inflater.TotalOut);
        Assert.InRange(inflater.TotalIn, 1, frameSize == 0 ? script.Length : (Limit / 900) + frameSize);
        parser.Dispose();
    }

    [Fact]
    public void A_bomb_that_trickles_in_is_stopped_when_it_has_reached_the_limit_and_not_at_its_end()
    {
        byte[] script = PeerDeflater.Frames(Wire.Binary, s_bomb.Value, 65_000);
        var limits = new FrameLimits { MaxMessageSize = 100_000 };
        ParserOutcome outcome = Feeder.Feed(
            new WebSocketFrameParser<ClientRole>(limits, new MessageInflater(true, 15, limits)), script, [.. Enumerable.Range(1, 1000)], Feeding.ContiguousReads);

        Assert.Equal(FrameFault.MessageTooBig, outcome.Fault);
        Assert.InRange(outcome.Reads, 80, 300);
    }

    /// <summary>The least of three floods: a collection that trims the shared pool in the midst of one has it rent anew, which is not the flood's doing.</summary>
    [Fact]
    public void A_flood_of_the_largest_messages_allowed_holds_the_memory_of_one() =>
        Assert.InRange(Enumerable.Range(0, 3).Min(_ => BytesOfFlood()), 0, (2 * Limit) + (64 * 1024));

    private static long BytesOfFlood()
    {
        using var peer = new PeerDeflater();
        byte[] zeros = new byte[Limit];
        var limits = new FrameLimits { MaxMessageSize = Limit };
        var parser = new WebSocketFrameParser<ClientRole>(limits, new MessageInflater(true, 15, limits));
        var sink = new SizeSink();
        byte[] script = Wire.Join([.. Enumerable.Range(0, 10).Select(_ => peer.Message(Wire.Binary, zeros))]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(FrameFault.None, parser.Parse(new ReadOnlySequence<byte>(script), ref sink, out _));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        parser.Dispose();

        Assert.Equal(10, sink.Messages);
        return allocated;
    }

    /// <summary>A bomb inside a bomb is no more to this layer than its outer one: what comes out is payload, never inflated again.</summary>
    [Fact]
    public void A_nested_bomb_is_inflated_once()
    {
        using var peer = new PeerDeflater();
        byte[] inner = s_bomb.Value[..200_000];
        byte[] script = peer.Message(Wire.Binary, inner);
        var limits = new FrameLimits { MaxMessageSize = 200_000 };

        Assert.Equal(
            [RecordingSink.Message(inner, false)],
            Feeder.Feed(new WebSocketFrameParser<ClientRole>(limits, new MessageInflater(true, 15, limits)), script, [], Feeding.ContiguousReads).Events);
    }
}
