using System;
using System.Buffers;
using System.Collections.Generic;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>
/// Hostile bytes (CVE-2021-26423 was an endless loop in a parser like this one): no exception, the same outcome however cut, and every frame
/// that is there in full is taken, so that a parser which takes nothing really waits for more.
/// </summary>
public class FrameParserProgressTests
{
    [Theory]
    [InlineData(1001UL)]
    [InlineData(1002UL)]
    [InlineData(1003UL)]
    public void Random_bytes(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 1500; round++)
        {
            var bytes = new byte[random.Below(120)];
            for (int i = 0; i < bytes.Length; i++)
            {
                // Half of the bytes are such as begin frames and short lengths; uniform ones end at the first.
                bytes[i] = random.OneIn(2) ? random.Pick<byte>(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A, 0x7E, 0x7F, 0xFE, 0xFF) : (byte)random.Next();
            }

            int[][] segmentations = [Cuts.OneByte(bytes.Length), Cuts.Random(bytes.Length, random), Cuts.Random(bytes.Length, random)];
            var limits = new FrameLimits { MaxMessageSize = random.Pick(125, 300, 100_000), MaxFragments = random.Pick(1, 3, 100) };
            Feeder.FeedEveryWay(() => new WebSocketFrameParser<ClientRole>(limits), bytes, segmentations);
            Feeder.FeedEveryWay(() => new WebSocketFrameParser<ServerRole>(limits), bytes, segmentations);
            AssertWaitsOnlyForMore<ClientRole>(bytes, limits);
            AssertWaitsOnlyForMore<ServerRole>(bytes, limits);
        }
    }

    private static void AssertWaitsOnlyForMore<TRole>(byte[] bytes, FrameLimits limits)
        where TRole : struct, IWebSocketRole
    {
        var parser = new WebSocketFrameParser<TRole>(limits);
        var sink = new RecordingSink(new List<string>());
        var buffer = new ReadOnlySequence<byte>(bytes);
        FrameFault fault = parser.Parse(buffer, ref sink, out SequencePosition consumed);
        ReadOnlySpan<byte> rest = buffer.Slice(consumed).FirstSpan;
        if (fault == FrameFault.None && !parser.IsClosed)
        {
            bool isRead = FrameHeader.TryRead<TRole>(rest, mayBeCompressed: false, out FrameHeader header, out FrameFault headerFault);
            Assert.Equal(FrameFault.None, headerFault);
            Assert.False(isRead && header.Size + header.Length <= rest.Length, $"a whole frame was left: {Convert.ToHexString(rest)}");
        }

        parser.Dispose();
    }
}
