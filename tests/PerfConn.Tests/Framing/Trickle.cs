using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>Feeds a script byte by byte, each byte a segment of its own, and counts how often the parser looks at a segment.</summary>
internal static class Trickle
{
    public static long Looks<TParser>(TParser parser, byte[] bytes, int expectedMessages)
        where TParser : struct, IFrameParser
    {
        CountedMemory[] pieces = [.. bytes.Select(b => new CountedMemory([b]))];
        ReadOnlyMemory<byte>[] memories = [.. pieces.Select(piece => piece.Memory)];
        int before = pieces.Sum(piece => piece.Looks);
        var events = new List<string>();
        var sink = new RecordingSink(events);
        int consumed = 0;
        for (int arrived = 1; arrived <= bytes.Length; arrived++)
        {
            ReadOnlySequence<byte> buffer = Segment.Sequence(memories.AsSpan(consumed, arrived - consumed));
            Assert.Equal(FrameFault.None, parser.Parse(buffer, ref sink, out SequencePosition position));
            consumed += (int)buffer.Slice(0, position).Length;
        }

        parser.Dispose();
        Assert.Equal(expectedMessages, events.Count);
        return pieces.Sum(piece => piece.Looks) - before;
    }
}
