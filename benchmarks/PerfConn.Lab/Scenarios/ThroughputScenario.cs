using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Scenarios;

/// <summary>A server that sends as fast as the client drains: how many messages a second, at what price.</summary>
internal static class ThroughputScenario
{
    public static async Task RunAsync(Lab lab)
    {
        using ServerProcess server = await ServerProcess.StartAsync();
        await BookAsync(lab, server);
        foreach (MessageShape shape in (MessageShape[])[MessageShape.MixedBook, MessageShape.CombinedBook, MessageShape.Depth, MessageShape.Large])
        {
            await RunAsync(lab, server, shape, secure: false, Few(), lab.FewRounds);
        }

        foreach (MessageShape shape in (MessageShape[])[MessageShape.CombinedBook, MessageShape.Depth, MessageShape.Large])
        {
            await RunAsync(lab, server, shape, secure: true, Few(), lab.FewRounds);
        }

        foreach (MessageShape shape in (MessageShape[])[MessageShape.Deflated, MessageShape.DeflatedFresh])
        {
            string deflate = $"{shape.Deflate}";
            await RunAsync(
                lab,
                server,
                shape,
                secure: false,
                [Contestant.Of(Names.ClientWebSocket, "clientwebsocket", "--deflate", deflate), .. Contestant.PerfConn("perfconn", "--deflate", deflate)],
                lab.FewRounds);
        }
    }

    private static async Task BookAsync(Lab lab, ServerProcess server)
    {
        Contestant framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket");
        Contestant[] lines = [.. Contestant.PerfConn("perfconn")];
        Contestant[] decoding = [.. Contestant.PerfConn("perfconn", "--decode", "yes").Select(c => c.Renamed(c.Name + Names.Decoded))];
        await RunAsync(lab, server, MessageShape.Book, secure: false,
        [
            Contestant.Of(Names.Bytes, "bytes"),
            Contestant.Of(Names.Parse, "parse"),
            framework,
            framework.Inline(),
            .. lines,
            lines.First(c => c.Name == Names.Async).Inline(),
            .. decoding,
            Contestant.Of(Names.OverClientWebSocket, "perfconn", "--transport", "clientwebsocket"),
            .. lab.Peers.Select(p => p.For("count")),
        ]);
        await RunAsync(lab, server, MessageShape.Book, secure: true,
        [
            Contestant.Of(Names.Bytes, "bytes"),
            framework,
            framework.Inline(),
            .. lines,
            lines.First(c => c.Name == Names.Async).Inline(),
            .. decoding,
            .. lab.Peers.Where(p => p.HasTls).Select(p => p.For("count")),
        ]);
    }

    private static Contestant[] Few() =>
        [Contestant.Of(Names.Bytes, "bytes"), Contestant.Of(Names.ClientWebSocket, "clientwebsocket"), .. Contestant.PerfConn("perfconn")];

    private static async Task RunAsync(Lab lab, ServerProcess server, MessageShape shape, bool secure, Contestant[] contestants, int? rounds = null)
    {
        RenderedShape rendered = RenderedShape.Of(shape);
        string title = System.FormattableString.Invariant(
            $"Throughput, {(secure ? "wss (TLS 1.3)" : "ws")}: {shape.Title}, {rendered.PayloadBytesPerMessage:F0} B, {rendered.WireBytesPerMessage:F0} B on the wire");
        await lab.CompareAsync(
            $"throughput-{(secure ? "wss" : "ws")}-{shape.Name}",
            title,
            new Job { Url = server.Address("blast/" + shape.Name, secure), Seconds = lab.Options.Seconds, WireBytes = rendered.WireBytesPerMessage },
            [Metric.Rate, Metric.Megabytes, Metric.Cpu, Metric.Allocated],
            contestants,
            rounds: rounds);
    }
}
