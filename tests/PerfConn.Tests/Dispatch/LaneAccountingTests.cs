using System;
using System.Linq;
using System.Threading;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>
/// Every tick is accounted for, under every policy, however the speeds of the two sides change: sent = delivered + dropped + conflated, each symbol's order kept, and each hole told
/// before the next tick with its exact size.
/// </summary>
public sealed class LaneAccountingTests
{
    private readonly FaultObserver _faults = new(NullLogger.Instance, TimeProvider.System);

    public static TheoryData<LanePolicy, LaneWaitKind> All
    {
        get
        {
            var all = new TheoryData<LanePolicy, LaneWaitKind>();
            foreach (LanePolicy policy in Enum.GetValues<LanePolicy>())
            {
                foreach (LaneWaitKind kind in Enum.GetValues<LaneWaitKind>())
                {
                    all.Add(policy, kind);
                }
            }

            return all;
        }
    }

    /// <summary>A script is bursts of ticks, pauses of either side, and gap markers; FsCheck prints the seed and shrinks the script.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Every_tick_is_delivered_dropped_or_conflated_and_nothing_is_lost_without_a_word(LanePolicy policy, LaneWaitKind kind)
    {
        Gen<Step> step = from stream in Gen.Choose(0, 9)
                         from count in Gen.Choose(1, 40)
                         from what in Gen.Choose(0, 9)
                         select new Step(stream, count, what);
        Gen<Script> script = from capacity in Gen.Elements(1, 2, 3, 4, 7, 16, 33, 64, 200)
                             from copyLimit in Gen.Elements(0, 20, 168)
                             from slowness in Gen.Elements(0, 1, 10, 200)
                             from steps in step.ListOf()
                             select new Script(capacity, copyLimit, slowness, [.. steps]);
        Prop.ForAll(script.ToArbitrary(), s => Run(s, policy, kind)).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(60));
    }

    private bool Run(Script script, LanePolicy policy, LaneWaitKind kind)
    {
        var pool = new BlockPool(4096);
        var source = new CopyingLeaseSource(pool);
        var streams = new NumberedStreams(10);
        var handler = new AccountingHandler { Before = _ => Thread.SpinWait(script.Slowness) };
        Delivery delivery = Delivery.Lane(script.Capacity, policy, LaneWaits.Of(kind)) with { CopyLimit = script.CopyLimit };
        int[] markers = new int[streams.Count];
        bool[] tickedSince = new bool[streams.Count];
        Lane lane = Lane.Start(handler, in delivery, _faults);
        foreach (Step step in script.Steps)
        {
            switch (step.What)
            {
                case 0:
                    Thread.SpinWait(step.Count * 100);
                    break;
                case 1:
                    streams.SendGap(lane, step.Stream);
                    markers[step.Stream]++;
                    tickedSince[step.Stream] = false;
                    break;
                default:
                    for (int i = 0; i < step.Count; i++)
                    {
                        int stream = step.What == 2 ? (step.Stream + i) % streams.Count : step.Stream;
                        streams.Send(lane, stream, size: 8 + (i * 5), source);
                        tickedSince[stream] = true;
                    }

                    break;
            }
        }

        Deadline.Within(lane.DisposeAsync().AsTask()).GetAwaiter().GetResult();
        source.Trim();
        LaneStatistics statistics = lane.Statistics;
        Assert.Null(handler.Fault);
        Assert.Equal(0, _faults.Count);
        Assert.Equal(streams.Sent, statistics.Sent);
        Assert.Equal(0, statistics.Waiting);
        Assert.Equal(handler.Ticks, statistics.Delivered);
        Assert.Equal(handler.Conflated, statistics.Conflated);
        Assert.Equal(0, pool.Outstanding);

        // What a stream lost after its last delivered tick has no tick to be told before; the rest was told.
        long untold = Enumerable.Range(0, streams.Count).Sum(stream => (long)streams.LastOf(stream) - handler.LastOf(stream));
        Assert.Equal(statistics.Dropped, handler.Lost + untold);
        if (policy is LanePolicy.Wait or LanePolicy.Conflate)
        {
            Assert.Equal(0, statistics.Dropped);
        }

        if (policy is not LanePolicy.Conflate)
        {
            Assert.Equal(0, statistics.Conflated);
        }

        for (int stream = 0; stream < streams.Count; stream++)
        {
            // A dropped marker is told again before the stream's next tick, several perhaps as one.
            int least = markers[stream] > 0 && tickedSince[stream] && handler.LastOf(stream) == streams.LastOf(stream) ? 1 : 0;
            Assert.InRange(handler.MarkersOf(stream), least, markers[stream]);
            if (policy == LanePolicy.Wait)
            {
                Assert.Equal(markers[stream], handler.MarkersOf(stream));
            }
        }

        return true;
    }

    private readonly record struct Step(int Stream, int Count, int What);

    private sealed record Script(int Capacity, int CopyLimit, int Slowness, Step[] Steps)
    {
        public override string ToString() => $"capacity {Capacity}, copy limit {CopyLimit}, slowness {Slowness}: {string.Join(' ', Steps)}";
    }
}
