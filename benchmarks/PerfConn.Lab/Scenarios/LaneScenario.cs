using System;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Dispatch;
using PerfConn.Lab.Report;

namespace PerfConn.Lab.Scenarios;

/// <summary>Ticks from memory through a lane to another thread, by policy and by how the reader waits; against a bounded channel, which is the rejected way.</summary>
internal static class LaneScenario
{
    public const string Lossless = "PerfConn lane Wait";

    private const string Channel = "channel of leases, Wait";

    public static Task RunAsync(Lab lab)
    {
        // How a spinning reader rests matters where it decides how much arrives.
        string[] waits = ["Async", "Thread", "Spin"];
        string[] resting = ["Yield", "Park"];
        return lab.CompareAsync(
            "lanes",
            "Through a lane to another thread, from memory, 110 B",
            new Job { Seconds = lab.Options.Seconds / 2, WarmUp = 0.4 },
            [Metric.Rate, Metric.Offered, Metric.Dropped, Metric.Conflated, Metric.Cpu, Metric.Allocated],
            [
                Contestant.Of("no lane: the source itself", "lane"),
                Contestant.Of(Channel, "lane", "--lane", "channel"),
                Contestant.Of("channel of leases, DropOldest", "lane", "--lane", "channel", "--policy", "DropOldest"),
                .. from policy in Enum.GetValues<LanePolicy>()
                   from wait in policy == LanePolicy.Wait ? [.. waits, .. resting] : waits
                   select Contestant.Of($"PerfConn lane {policy}, {wait}", "lane", "--lane", "ring", "--policy", $"{policy}", "--wait", wait),
                Contestant.Of(Lossless + ", Thread, all leased", "lane", "--lane", "ring", "--wait", "Thread", "--leased", "yes"),
                Contestant.Of("PerfConn lane DropOldest, Thread, all leased", "lane", "--lane", "ring", "--policy", "DropOldest", "--wait", "Thread", "--leased", "yes"),
            ],
            Channel,
            lab.FewRounds);
    }
}
