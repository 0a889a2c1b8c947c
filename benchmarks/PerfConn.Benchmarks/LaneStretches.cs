using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.Benchmarks;

/// <summary>
/// Ticks of a book ticker's size from memory through a lane to another thread, by policy and by how the reader waits, against a bounded channel; and how long a lone tick
/// takes to come over. Unlike the lab's lanes it looks at short stretches, so that it tells something on a machine that has other work too.
/// </summary>
internal static class LaneStretches
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(400);

    private static readonly (string Name, LaneWait Wait)[] s_waits =
    [
        ("Async", LaneWait.Async), ("Thread", LaneWait.Thread), ("Spin", LaneWait.Spin()),
        ("Spin, yield", LaneWait.Spin(IdleStrategy.Yield(100))), ("Spin, park", LaneWait.Spin(IdleStrategy.Park(TimeSpan.FromMicroseconds(50)))),
    ];

    /// <summary>Runs each lane so many times, interleaved, and prints medians.</summary>
    public static async Task RunAsync(int rounds)
    {
        await RunThroughputAsync(rounds);
        await RunLatencyAsync(rounds);
    }

    private static async Task RunThroughputAsync(int rounds)
    {
        (string Name, Func<Task<Outcome>> Run)[] contestants =
        [
            ("inline, no lane (the source itself)", RunInline),
            ("channel of leases, Wait (rejected)", () => RunChannel(BoundedChannelFullMode.Wait)),
            ("channel of leases, DropOldest (rejected)", () => RunChannel(BoundedChannelFullMode.DropOldest)),
            .. Lanes(),
        ];
        var outcomes = contestants.Select(_ => new List<Outcome>()).ToArray();
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < contestants.Length; i++)
            {
                Outcome outcome = await contestants[i].Run();
                if (round > 0)
                {
                    outcomes[i].Add(outcome);
                }
            }
        }

        Console.WriteLine($"through a lane of {Delivery.DefaultLaneCapacity} from memory, 110 B, {rounds} rounds of {s_time.TotalSeconds} s, medians");
        Console.WriteLine("together: the rate of those stretches of 2,000 ticks in which both sides had a core and nothing was dropped");
        Console.WriteLine($"{"",-46} {"sent M/s",9} {"delivered M/s",14} {"together M/s",13} {"dropped",8} {"conflated",10} {"B/tick",8}");
        for (int i = 0; i < contestants.Length; i++)
        {
            Outcome[] sorted = [.. outcomes[i].OrderBy(outcome => outcome.Delivered)];
            Outcome median = sorted[sorted.Length / 2];
            double[] stretches = [.. outcomes[i].SelectMany(outcome => outcome.Together).Order()];
            double together = stretches.Length < 200 ? double.NaN : stretches[stretches.Length / 2];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{contestants[i].Name,-46} {median.Sent,9:F1} {median.Delivered,14:F1} {together,13:F1} {median.Dropped,8:P1} {median.Conflated,10:P1} {median.BytesPerTick,8:F4}"));
        }
    }

    private static IEnumerable<(string Name, Func<Task<Outcome>> Run)> Lanes()
    {
        foreach (LanePolicy policy in Enum.GetValues<LanePolicy>())
        {
            foreach ((string name, LaneWait wait) in s_waits)
            {
                yield return ($"{policy}, {name}", () => RunLane(Delivery.Lane(policy: policy, wait: wait)));
            }
        }

        yield return ("Wait, Thread, all leased", () => RunLane(Delivery.Lane(policy: LanePolicy.Wait, wait: LaneWait.Thread) with { CopyLimit = 0 }));
        yield return ("DropOldest, Thread, all leased", () => RunLane(Delivery.Lane(wait: LaneWait.Thread) with { CopyLimit = 0 }));
    }

    /// <summary>A tick each 100 µs; what passes between the call of the lane and the call of the handler.</summary>
    private static async Task RunLatencyAsync(int rounds)
    {
        const int Ticks = 3000;
        Console.WriteLine($"a tick each 100 us through a lane, from its call to the handler's, {rounds} rounds of {Ticks}");
        var histograms = s_waits.Select(_ => new LogLinearHistogram()).ToArray();
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < s_waits.Length; i++)
            {
                var lane = new TickLane<LaneClock>(new LaneClock(round > 0 ? histograms[i] : new LogLinearHistogram()), Delivery.Lane(wait: s_waits[i].Wait));
                var writer = new Thread(() =>
                {
                    long due = TimeProvider.System.GetTimestamp();
                    for (int tick = 0; tick < Ticks; tick++)
                    {
                        due += TimeProvider.System.TimestampFrequency / 10_000;
                        while (TimeProvider.System.GetTimestamp() < due)
                        {
                            Thread.SpinWait(1);
                        }

                        lane.OnTick(new Tick(new SymbolId(tick % 100), new TickChannel(1), "a tick"u8, TimeProvider.System.GetTimestamp()));
                    }
                });
                writer.Start();
                writer.Join();
                await lane.DisposeAsync();
            }
        }

        for (int i = 0; i < s_waits.Length; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{s_waits[i].Name,-46} p50 {histograms[i].Percentile(50) / 1000.0,8:F1} us   p99 {histograms[i].Percentile(99) / 1000.0,8:F1} us"));
        }
    }

    private static Task<Outcome> RunInline() => RunAsync(new LaneSink(), static _ => default, static _ => default);

    private static Task<Outcome> RunLane(Delivery delivery) =>
        RunAsync(new TickLane<LaneSink>(new LaneSink(), delivery), static lane => lane.Statistics, static lane => lane.DisposeAsync());

    private static Task<Outcome> RunChannel(BoundedChannelFullMode mode) =>
        RunAsync(new LaneChannel<LaneSink>(new LaneSink(), Delivery.DefaultLaneCapacity, mode), static lane => lane.Statistics, static lane => lane.DisposeAsync());

    private static async Task<Outcome> RunAsync<THandler>(THandler lane, Func<THandler, LaneStatistics> statistics, Func<THandler, ValueTask> end)
        where THandler : ITickHandler
    {
        using var source = new LaneSource();

        // Once through all of its places: their memory is the process's only when it is first written to, at a microsecond a page.
        for (int ticks = 0; ticks < 2 * Delivery.DefaultLaneCapacity; ticks += LaneSource.Count)
        {
            source.Pour(ref lane, 1);
        }

        LaneStatistics first = statistics(lane);
        long poured = 0;
        long allocated = 0;
        var together = new List<double>(100_000);
        long start = TimeProvider.System.GetTimestamp();
        var writer = new Thread(() =>
        {
            // By all threads, while ticks flow.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            LaneStatistics last = first;
            long lastTime = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < s_time)
            {
                source.Pour(ref lane, 1);
                poured += LaneSource.Count;
                LaneStatistics now = statistics(lane);
                long time = TimeProvider.System.GetTimestamp();
                double taken = now.Delivered + now.Conflated - last.Delivered - last.Conflated;
                if (taken is > 0.85 * LaneSource.Count and < 1.15 * LaneSource.Count && now.Dropped == last.Dropped && together.Count < together.Capacity)
                {
                    together.Add(LaneSource.Count / TimeProvider.System.GetElapsedTime(lastTime, time).TotalMicroseconds);
                }

                (last, lastTime) = (now, time);
            }

            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        writer.Start();
        writer.Join();
        await end(lane);
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        LaneStatistics after = statistics(lane);
        long delivered = after.Sent == 0 ? poured : after.Delivered - first.Delivered;
        return new Outcome(
            poured / seconds / 1e6,
            delivered / seconds / 1e6,
            (double)(after.Dropped - first.Dropped) / poured,
            (double)(after.Conflated - first.Conflated) / poured,
            (double)allocated / poured,
            together);
    }

    private readonly struct LaneClock(LogLinearHistogram latencies) : ITickHandler
    {
        public void OnTick(in Tick tick) => latencies.Record(TimeProvider.System.GetTimestamp() - tick.ReceiveTimestamp);

        public void OnGap(in Gap gap)
        {
        }
    }

    private sealed record Outcome(double Sent, double Delivered, double Dropped, double Conflated, double BytesPerTick, List<double> Together);
}
