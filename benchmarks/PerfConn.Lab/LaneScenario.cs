using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Benchmarks;
using PerfConn.Dispatch;
using PerfConn.Transport;

namespace PerfConn.Lab;

/// <summary>Ticks of a book ticker's size from memory through a lane to another thread, by policy and by how the reader waits; against a bounded channel.</summary>
internal static class LaneScenario
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(400);

    /// <summary>Runs each lane so many times, interleaved, and prints medians.</summary>
    public static async Task RunAsync(int rounds)
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
        Console.WriteLine($"{"",-46} {"sent M/s",9} {"delivered M/s",14} {"dropped",8} {"conflated",10} {"B/tick",8}");
        for (int i = 0; i < contestants.Length; i++)
        {
            Outcome[] sorted = [.. outcomes[i].OrderBy(outcome => outcome.Delivered)];
            Outcome median = sorted[sorted.Length / 2];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{contestants[i].Name,-46} {median.Sent,9:F1} {median.Delivered,14:F1} {median.Dropped,8:P1} {median.Conflated,10:P1} {median.BytesPerTick,8:F4}"));
        }
    }

    private static IEnumerable<(string Name, Func<Task<Outcome>> Run)> Lanes()
    {
        (string Name, LaneWait Wait)[] waits =
        [
            ("Async", LaneWait.Async), ("Thread", LaneWait.Thread), ("Spin", LaneWait.Spin()),
            ("Spin, yield", LaneWait.Spin(IdleStrategy.Yield(100))), ("Spin, park", LaneWait.Spin(IdleStrategy.Park(TimeSpan.FromMicroseconds(50)))),
        ];
        foreach (LanePolicy policy in Enum.GetValues<LanePolicy>())
        {
            foreach ((string name, LaneWait wait) in waits)
            {
                yield return ($"{policy}, {name}", () => RunLane(Delivery.Lane(policy: policy, wait: wait)));
            }
        }

        yield return ("Wait, Thread, all leased", () => RunLane(Delivery.Lane(policy: LanePolicy.Wait, wait: LaneWait.Thread) with { CopyLimit = 0 }));
        yield return ("DropOldest, Thread, all leased", () => RunLane(Delivery.Lane(wait: LaneWait.Thread) with { CopyLimit = 0 }));
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
        source.Pour(ref lane, 1);
        LaneStatistics first = statistics(lane);
        long poured = 0;
        long allocated = 0;
        long start = TimeProvider.System.GetTimestamp();
        var writer = new Thread(() =>
        {
            // By all threads, while ticks flow.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            while (TimeProvider.System.GetElapsedTime(start) < s_time)
            {
                source.Pour(ref lane, 1);
                poured += LaneSource.Count;
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
            (double)allocated / poured);
    }

    private readonly record struct Outcome(double Sent, double Delivered, double Dropped, double Conflated, double BytesPerTick);
}
