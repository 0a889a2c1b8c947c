using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Scenarios;

/// <summary>Many full lines into one process.</summary>
internal static class FanInScenario
{
    // A spinning line wants a core.
    private const int MostSpinning = 8;

    public static async Task RunAsync(Lab lab)
    {
        RenderedShape rendered = RenderedShape.Of(MessageShape.Book);
        var framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket");
        Contestant[] ours = [.. Contestant.PerfConn("perfconn")];
        foreach (int lines in (int[])[1, 8, 64, 512])
        {
            using ServerProcess server = await ServerProcess.StartAsync();
            await lab.CompareAsync(
                $"fan-in-{lines}",
                $"Fan-in of {lines} full line{(lines == 1 ? "" : "s")}, bookTicker of 110 B",
                new Job
                {
                    Url = server.Address("blast/" + MessageShape.Book.Name),
                    Seconds = lab.Options.Seconds,

                    // Until every line has met every symbol, and the runtime's queue of socket events has its size: with 512 lines it doubles for some seconds, to 1.5 MB at last.
                    WarmUp = 0.6 + (lines / 64.0),
                    WireBytes = rendered.WireBytesPerMessage,
                    Lines = lines,
                },
                [Metric.Rate, Metric.Megabytes, Metric.Cpu, Metric.Allocated],
                [
                    Contestant.Of(Names.Bytes, "bytes"),
                    framework,
                    framework.Inline(),
                    .. ours.Where(c => c.Name != Names.Spin || lines <= MostSpinning),
                    ours.First(c => c.Name == Names.Async).Inline(),
                ],
                rounds: lab.FewRounds);
        }
    }
}
