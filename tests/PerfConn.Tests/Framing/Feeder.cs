using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;

namespace PerfConn.Tests.Framing;

/// <summary>
/// Feeds a script of bytes to a parser the way a receive loop does, in any segmentation: unconsumed bytes come again, consumed ones never do.
/// </summary>
internal static class Feeder
{
    public static ParserOutcome Feed<TParser>(TParser parser, byte[] bytes, IReadOnlyCollection<int> cuts, Feeding feeding)
        where TParser : struct, IFrameParser
    {
        var events = new List<string>();
        var sink = new RecordingSink(events);
        FrameFault fault = FrameFault.None;
        int consumed = 0;
        int reads = 0;
        try
        {
            foreach (int arrived in feeding == Feeding.Segments ? [bytes.Length] : cuts.Append(bytes.Length))
            {
                var unconsumed = new ReadOnlyMemory<byte>(bytes, consumed, arrived - consumed);
                ReadOnlySequence<byte> buffer = feeding == Feeding.ContiguousReads
                    ? new ReadOnlySequence<byte>(unconsumed)
                    : Segment.Sequence(unconsumed, cuts.Where(cut => cut > consumed && cut < arrived).Select(cut => cut - consumed));
                fault = parser.Parse(buffer, ref sink, out SequencePosition position);
                long taken = buffer.Slice(0, position).Length;
                if (taken < 0 || taken > buffer.Length)
                {
                    throw new FeedingException($"{taken} of {buffer.Length} bytes consumed");
                }

                consumed += (int)taken;
                reads++;
                if (fault != FrameFault.None)
                {
                    break;
                }
            }

            return new ParserOutcome(events, fault, parser.IsClosed, parser.IsMidway || consumed < bytes.Length, reads);
        }
        finally
        {
            parser.Dispose();
        }
    }

    /// <summary>Feeds a script whole, and asserts that every given segmentation gives the same outcome.</summary>
    public static ParserOutcome FeedEveryWay<TParser>(Func<TParser> create, byte[] bytes, IEnumerable<int[]> segmentations)
        where TParser : struct, IFrameParser
    {
        ParserOutcome whole = Feed(create(), bytes, [], Feeding.ContiguousReads);
        foreach (int[] cuts in segmentations)
        {
            foreach (Feeding feeding in Enum.GetValues<Feeding>())
            {
                ParserOutcome outcome = Feed(create(), bytes, cuts, feeding);
                if (!outcome.SaysTheSameAs(whole))
                {
                    throw new FeedingException($"{feeding} cut at {string.Join(',', cuts.Take(40))}:\n{outcome}\ninstead of\n{whole}\nfor {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 400)))}");
                }
            }
        }

        return whole;
    }
}
