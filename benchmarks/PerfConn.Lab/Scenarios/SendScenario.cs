using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Contestants;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>Messages of 100 bytes to a server that reads and throws away.</summary>
internal static class SendScenario
{
    public static async Task RunAsync(Lab lab)
    {
        using ServerProcess server = await ServerProcess.StartAsync();
        Contestant framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket-send");
        await lab.CompareAsync(
            "send",
            "Sends of 100 B",
            new Job { Url = server.Address("drain"), Seconds = lab.Options.Seconds, WireBytes = Payload.FrameSize },
            [Metric.Rate, Metric.Megabytes, Metric.Cpu, Metric.Allocated],
            [
                Contestant.Of(Names.BareSend, "send"),
                framework,
                framework.Inline(),
                .. Named("posted", "--post", "yes"),
                .. Named("each awaited"),
                Contestant.Of(Names.Async + ", 8 senders, each awaited", "perfconn-send", "--senders", "8"),
                .. lab.Peers.Select(p => p.For("send")),
            ]);
    }

    private static IEnumerable<Contestant> Named(string how, params string[] arguments) =>
        Contestant.PerfConn("perfconn-send", arguments).Select(c => c.Renamed($"{c.Name}, {how}"));
}
