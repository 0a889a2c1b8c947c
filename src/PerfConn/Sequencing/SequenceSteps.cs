using PerfConn.Protocol;

namespace PerfConn.Sequencing;

/// <summary>The whole of the rules, away from the fast path, which knows only "follows".</summary>
internal static class SequenceSteps
{
    /// <param name="rule">The stream's rule.</param>
    /// <param name="next">The last number plus one; 0 or less when there is none.</param>
    /// <param name="span">The numbers that come now.</param>
    public static SequenceStep Step(this in SequenceRule rule, long next, SequenceSpan span)
    {
        if (next <= 0)
        {
            return SequenceStep.Begins;
        }

        if (span.IsSnapshot)
        {
            return span.Last >= next ? SequenceStep.Follows
                : span.Last == next - 1 ? SequenceStep.Repeats
                : SequenceStep.Restarts;
        }

        if (span.Last >= next)
        {
            return span.After < next ? SequenceStep.Follows : SequenceStep.Skips;
        }

        if (rule.Kind == SequenceKind.Chained && span.After == next - 1)
        {
            // The chain holds, so it is no old tick: OKX counts anew below a number that it names (seqId < prevSeqId), and sends a tick without a change (seqId = prevSeqId).
            return SequenceStep.Follows;
        }

        return rule.IsReset(next - 1, span.Last) ? SequenceStep.Restarts : SequenceStep.Repeats;
    }
}
