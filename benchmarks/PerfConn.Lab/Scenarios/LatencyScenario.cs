using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Scenarios;

/// <summary>
/// A server that sends one stamped message after the other at a steady rate: how long each takes until the client's own code has it, and what that costs.
/// </summary>
internal static class LatencyScenario
{
    public static async Task RunAsync(Lab lab)
    {
        using ServerProcess server = await ServerProcess.StartAsync();
        Contestant framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket-latency");
        Contestant[] lines = [.. Contestant.PerfConn("perfconn-latency")];
        foreach (int rate in (int[])[1_000, 5_000, 10_000, 50_000])
        {
            await lab.CompareAsync(
                $"latency-{rate / 1000}k",
                $"Latency at {rate:N0} messages a second, bookTicker of 110 B",
                new Job { Url = server.Address($"paced/{rate}"), Seconds = lab.Options.Seconds, WireBytes = StampedFrames.FrameSize },
                [Metric.P50, Metric.P90, Metric.P99, Metric.P999, Metric.CpuMicroseconds, Metric.ThousandRate, Metric.Allocated],
                [
                    Contestant.Of(Names.BareSpin, "spin-latency"),
                    Contestant.Of(Names.BareBlock, "block-latency"),
                    framework,
                    framework.Inline(),
                    .. lines,
                    lines.First(c => c.Name == Names.Async).Inline(),
                    .. rate == 10_000 ? Spinning() : [],
                    .. lab.Peers.Select(p => p.For("latency")),
                ],
                rounds: rate is 5_000 or 10_000 ? null : lab.FewRounds);
        }
    }

    /// <summary>What a spinning line may do while nothing arrives, and where.</summary>
    private static Contestant[] Spinning() =>
    [
        Contestant.Of(Names.Spin + ", bound to the first core", "perfconn-latency", "--mode", "Spin", "--processor", "0"),
        Contestant.Of(Names.Spin + ", yields after 100 polls", "perfconn-latency", "--mode", "Spin", "--idle", "yield"),
        Contestant.Of(Names.Spin + ", parks after 50 us", "perfconn-latency", "--mode", "Spin", "--idle", "park"),
    ];
}
