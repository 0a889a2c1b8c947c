using System;
using System.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Sequencing;

namespace PerfConn.Feeds.Legs;

/// <summary>
/// The pure core of first-arrival-wins: a leg's tick and its numbers in, a verdict out. A leg that has just come (back) is behind the others or ahead of them by what is under
/// way. It joins a stream as soon as its numbers touch what was delivered; until then what it brings ahead of the others waits for them, or the others' ticks in between would
/// come too late and be lost.
/// </summary>
/// <remarks>Not thread-safe; the set's lock guards it.</remarks>
internal static class LegArbiter
{
    /// <summary>Most legs of a set: they stand in one word.</summary>
    public const int MaxLegs = 16;

    /// <summary>Judges a tick, and moves the stream on when it is delivered.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="rule">How it is numbered.</param>
    /// <param name="leg">The leg's number.</param>
    /// <param name="up">A bit for each leg that is connected.</param>
    /// <param name="span">The tick's numbers.</param>
    /// <param name="isPatient">Whether it may wait; no when it has.</param>
    public static LegVerdict Judge(ref LegStream stream, in SequenceRule rule, int leg, ulong up, SequenceSpan span, bool isPatient)
    {
        Debug.Assert(leg < MaxLegs, "a leg has a bit");
        ulong bit = 1UL << leg;

        // Any other leg that is up may bring it, one that has not joined too: it may be behind. What it does not bring in time nobody does.
        bool isAlone = (up & ~bit) == 0;
        switch (rule.Step(stream.Next, span))
        {
            case SequenceStep.Repeats:
                stream.Joined |= bit;
                return LegVerdict.Repeat;
            case SequenceStep.Begins:
                return Deliver(ref stream, bit, span, LegVerdict.Deliver);
            case SequenceStep.Follows when (stream.Joined & bit) != 0 || rule.ProvesContinuity:
                return Deliver(ref stream, bit, span, LegVerdict.Deliver);
            case SequenceStep.Restarts:
                // The others count on for a moment. What they bring until they restart too is ahead of the new count, and waits.
                stream.Joined = 0;
                stream.Cause = GapCause.Reset;
                return Deliver(ref stream, bit, span, LegVerdict.DeliverAfterGap);
            default:
                if (!isAlone && isPatient)
                {
                    stream.Joined &= ~bit;
                    return LegVerdict.Hold;
                }

                return Deliver(ref stream, bit, span, LegVerdict.DeliverAfterGap);
        }
    }

    /// <summary>The leg may have missed something of the stream.</summary>
    public static void Part(ref LegStream stream, int leg, GapCause cause)
    {
        stream.Joined &= ~(1UL << leg);
        stream.Cause = cause;
    }

    /// <summary>How many ticks lie between what was delivered last and this one; -1 when the numbers do not say.</summary>
    public static long LostBefore(in SequenceRule rule, long next, SequenceSpan span) =>
        rule.Kind == SequenceKind.Contiguous && !span.IsSnapshot && span.After + 1 >= next ? span.After + 1 - next : -1;

    private static LegVerdict Deliver(ref LegStream stream, ulong bit, SequenceSpan span, LegVerdict verdict)
    {
        stream.Joined |= bit;
        stream.Next = Math.Max(span.Last, 0) + 1;
        return verdict;
    }
}
