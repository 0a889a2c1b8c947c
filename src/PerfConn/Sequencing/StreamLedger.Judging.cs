using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <content>What is not simply the next tick of a live stream: first ticks, old ones, gaps, restarts. The receive loop's.</content>
internal sealed partial class StreamLedger
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private StreamVerdict Judge(SymbolId symbol, TickChannel channel, long timestamp, SequenceSpan span)
    {
        if (span.Last is < 0 or long.MaxValue)
        {
            // No venue counts like that. Taken at its word it would make the stream blind for ever.
            return Judge(symbol, channel, timestamp);
        }

        ref StreamRecord record = ref RecordAt(symbol, channel);
        ref readonly SequenceRule rule = ref _rules[channel.Value];
        long next = record.Next;
        SequenceStep step = rule.Step(next, span);
        if (step == SequenceStep.Repeats)
        {
            // Whatever gap is pending stays pending: the tick that ends it has not come.
            return StreamVerdict.Duplicate;
        }

        long lastTimestamp = record.LastTimestamp;
        record.LastTimestamp = timestamp;
        record.Next = span.Last + 1;
        bool isBroken = step is SequenceStep.Skips or SequenceStep.Restarts;
        StreamStatus was = Revive(ref _statuses[channel.Value][symbol.Value], timestamp, isBroken);
        bool isProven = rule.ProvesContinuity && next > 0;
        if (!isBroken && !was.IsPending && (was.State != StreamStatus.Stale || isProven))
        {
            return StreamVerdict.Accept;
        }

        bool isLinked = span.After >= 0 && !span.IsSnapshot;
        _break = new StreamBreak(
            step == SequenceStep.Restarts ? GapCause.Reset : was.IsPending ? was.Cause : isBroken ? GapCause.Sequence : GapCause.Stale,
            lastTimestamp,
            next > 0 ? next - 1 : -1,
            isLinked ? span.After + 1 : span.Last,
            isLinked ? LostOf(in rule, step, next, span) : -1);
        return StreamVerdict.Gap;
    }

    /// <summary>How many ticks are missing: none when the numbers join, as many as there are numbers when each tick has one, else unknown.</summary>
    private static long LostOf(in SequenceRule rule, SequenceStep step, long next, SequenceSpan span) => step switch
    {
        SequenceStep.Follows when rule.ProvesContinuity => 0,
        SequenceStep.Skips when rule.Kind == SequenceKind.Contiguous => span.After + 1 - next,
        _ => -1,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StreamVerdict Judge(SymbolId symbol, TickChannel channel, long timestamp)
    {
        ref StreamRecord record = ref RecordAt(symbol, channel);
        long lastTimestamp = record.LastTimestamp;
        record.LastTimestamp = timestamp;
        StreamStatus was = Revive(ref _statuses[channel.Value][symbol.Value], timestamp, isBroken: false);
        if (!was.IsPending && was.State != StreamStatus.Stale)
        {
            return StreamVerdict.Accept;
        }

        // A stream without numbers of its own keeps here the line's last number before the gap.
        long next = record.Next;
        bool isLines = next > 0 && _rules[channel.Value].Kind == SequenceKind.None;
        record.Next = isLines ? 0 : next;
        _break = new StreamBreak(was.IsPending ? was.Cause : GapCause.Stale, lastTimestamp, next > 0 ? next - 1 : -1, isLines ? _lineResumed : -1, Lost: -1);
        return StreamVerdict.Gap;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StreamVerdict JudgeMessage(long timestamp, SequenceSpan span)
    {
        if (span.Last is < 0 or long.MaxValue)
        {
            return StreamVerdict.Accept;
        }

        long next = _lineNext;
        SequenceStep step = _lineRule.Step(next, span);
        if (step == SequenceStep.Repeats)
        {
            return StreamVerdict.Duplicate;
        }

        _lineNext = span.Last + 1;
        if (step is SequenceStep.Skips or SequenceStep.Restarts)
        {
            _lineResumed = span.After >= 0 && !span.IsSnapshot ? span.After + 1 : span.Last;
            MarkAll(step == SequenceStep.Skips ? GapCause.Sequence : GapCause.Reset, timestamp, next);
        }

        return StreamVerdict.Accept;
    }

    /// <summary>The stream has ticked: it is live, unless it has been left. Gives where it stood before.</summary>
    private StreamStatus Revive(ref long status, long timestamp, bool isBroken)
    {
        while (true)
        {
            var was = new StreamStatus(Volatile.Read(ref status));
            if (was.State == StreamStatus.Left || (was.State == StreamStatus.Live && !isBroken))
            {
                return was;
            }

            // Against a mark that comes in this moment: it is then the next tick's, or this one's, and never lost.
            if (TryChange(ref status, was, was.To(StreamStatus.Live, timestamp)))
            {
                return was;
            }
        }
    }
}
