using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Contestants;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>A message of 100 bytes there and back, one after the other.</summary>
internal static class EchoScenario
{
    public static async Task RunAsync(Lab lab)
    {
        using ServerProcess server = await ServerProcess.StartAsync();
        Contestant framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket-echo");
        Contestant[] lines = [.. Contestant.PerfConn("perfconn-echo")];
        await lab.CompareAsync(
            "echo",
            "Echo round trips of 100 B",
            new Job { Url = server.Address("echo"), Seconds = lab.Options.Seconds, WireBytes = Payload.FrameSize },
            [Metric.ThousandRate, Metric.P50, Metric.P90, Metric.P99, Metric.P999, Metric.CpuMicroseconds, Metric.Allocated],
            [
                Contestant.Of(Names.BareSpin, "spin-echo"),
                Contestant.Of(Names.BareBlock, "block-echo"),
                framework,
                framework.Inline(),
                .. lines,
                lines.First(c => c.Name == Names.Async).Inline(),
                .. lab.Peers.Select(p => p.For("echo")),
            ],
            rounds: lab.FewRounds);
    }
}
