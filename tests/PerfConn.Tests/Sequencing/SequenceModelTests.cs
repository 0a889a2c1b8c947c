using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Sequencing;

/// <summary>The ledger against a model that keeps every number it has seen, and knows nothing of fast paths, words and rows.</summary>
public sealed class SequenceModelTests
{
    /// <summary>The channels of the protocol below: one for each kind of rule.</summary>
    private const int Channels = 5;

    [Fact]
    public void It_says_of_every_tick_what_a_naive_model_says() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Gen.ListOf(StepGen()).ToArbitrary(), steps =>
        {
            StreamLedger ledger = StreamLedger.For<RuledProtocol>();
            var models = new Dictionary<(int, int), Model>();
            long now = 0;
            foreach (Step step in steps)
            {
                now++;
                var symbol = new SymbolId(step.Symbol);
                var channel = new TickChannel((byte)step.Channel);
                if (!models.TryGetValue((step.Symbol, step.Channel), out Model? model))
                {
                    models[(step.Symbol, step.Channel)] = model = new Model(RuledProtocol.RuleOf(channel));
                }

                switch (step.Kind)
                {
                    case 0:
                        ledger.MarkGap(symbol, channel, GapCause.Stale, now);
                        model.Pending ??= GapCause.Stale;
                        break;
                    case 1:
                        ledger.MarkGapInAllSeen(GapCause.Reconnected, now);
                        foreach (Model other in models.Values)
                        {
                            other.Pending ??= other.Ticked ? GapCause.Reconnected : null;
                        }

                        break;
                    default:
                        (StreamVerdict Verdict, StreamBreak? Break) expected = model.Tick(step.Jump, step.Width, now, out SequenceSpan? span);
                        StreamVerdict verdict = span is { } numbers ? ledger.Observe(symbol, channel, now, numbers) : ledger.Observe(symbol, channel, now);
                        Assert.Equal(expected.Verdict, verdict);
                        if (verdict == StreamVerdict.Gap)
                        {
                            Assert.Equal(expected.Break, ledger.Break);
                        }

                        break;
                }
            }
        }));

    private static Gen<Step> StepGen() =>
        from kind in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Constant(1)), (10, Gen.Constant(2)))
        from symbol in Gen.Choose(0, 1)
        from channel in Gen.Choose(0, Channels - 1)
        from jump in Gen.Frequency((6, Gen.Constant(1)), (3, Gen.Choose(-5, 8)), (1, Gen.Choose(-200, -90)))
        from width in Gen.Choose(1, 4)
        select new Step(kind, symbol, channel, jump, width);

    private sealed record Step(int Kind, int Symbol, int Channel, int Jump, int Width);

    private sealed class Model(SequenceRule rule)
    {
        private readonly SequenceRule _rule = rule;
        private long _last = -1;
        private long _lastTick;

        public GapCause? Pending { get; set; }

        public bool Ticked => _lastTick != 0;

        /// <summary>A tick whose first number is <paramref name="jump"/> behind the last one seen.</summary>
        public (StreamVerdict, StreamBreak?) Tick(int jump, int width, long now, out SequenceSpan? span)
        {
            long first = Math.Max(0, (_last < 0 ? 1000 : _last) + jump);
            long last = _rule.Kind is SequenceKind.Range or SequenceKind.Chained ? first + width - 1 : first;
            span = _rule.Kind switch
            {
                SequenceKind.None => null,
                SequenceKind.Increasing => SequenceSpan.Increasing(first),
                SequenceKind.Contiguous => SequenceSpan.Single(first),
                SequenceKind.Range => SequenceSpan.Range(first, last),
                _ => SequenceSpan.Chained(first - 1, last),
            };
            bool numbered = span is not null;
            bool knows = numbered && _last >= 0;
            bool chained = _rule.Kind == SequenceKind.Chained && first - 1 == _last;
            bool old = knows && last <= _last && !chained;
            bool restarts = old && _last - last > _rule.ResetDistance;
            if (old && !restarts)
            {
                return (StreamVerdict.Duplicate, null);
            }

            bool linked = _rule.Kind is SequenceKind.Contiguous or SequenceKind.Range or SequenceKind.Chained;
            bool skips = knows && linked && !restarts && first > _last + 1;
            GapCause? cause = restarts ? GapCause.Reset : Pending ?? (skips ? GapCause.Sequence : null);
            long lost = !knows || restarts || !linked ? -1
                : !skips ? 0
                : _rule.Kind == SequenceKind.Contiguous ? first - _last - 1 : -1;
            StreamBreak? gap = cause is { } why
                ? new StreamBreak(why, _lastTick, knows ? _last : -1, numbered ? linked && first > 0 ? first : last : -1, lost)
                : null;
            Pending = null;
            _lastTick = now;
            _last = numbered ? last : _last;
            return (gap is null ? StreamVerdict.Accept : StreamVerdict.Gap, gap);
        }
    }
}
