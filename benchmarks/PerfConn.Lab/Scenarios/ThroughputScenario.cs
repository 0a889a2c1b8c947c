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
        Contestant[] decoding = [.. Contestant.PerfConn("perfconn", "--decode", "yes").Select(c => c.Renamed(c.Name + Names.Decoded))];
        var over = Contestant.Of(Names.OverClientWebSocket, "perfconn", "--transport", "clientwebsocket");
        await RunAsync(lab, server, MessageShape.Book, secure: false, [.. Everybody(lab, secure: false), .. decoding, over]);
        await RunAsync(lab, server, MessageShape.Book, secure: true, [.. Everybody(lab, secure: true), .. decoding]);
        foreach (MessageShape shape in (MessageShape[])[MessageShape.MixedBook, MessageShape.CombinedBook, MessageShape.Depth, MessageShape.Large])
        {
            await RunAsync(lab, server, shape, secure: false, Everybody(lab, secure: false), lab.FewRounds);
        }

        foreach (MessageShape shape in (MessageShape[])[MessageShape.CombinedBook, MessageShape.Depth, MessageShape.Large])
        {
            await RunAsync(lab, server, shape, secure: true, Everybody(lab, secure: true), lab.FewRounds);
        }

        // Bytes that are not inflated say nothing here, and the peers in other languages are not asked to inflate.
        foreach (MessageShape shape in (MessageShape[])[MessageShape.Deflated, MessageShape.DeflatedFresh])
        {
            await RunAsync(lab, server, shape, secure: false, DotNet("--deflate", $"{shape.Deflate}"), lab.FewRounds);
        }
    }

    private static Contestant[] Everybody(Lab lab, bool secure) =>
    [
        Contestant.Of(Names.Bytes, "bytes"),
        Contestant.Of(Names.Parse, "parse"),
        .. DotNet(),
        .. lab.Peers.Where(p => p.HasTls || !secure).Select(p => p.For("count")),
    ];

    private static Contestant[] DotNet(params string[] arguments)
    {
        var framework = Contestant.Of(Names.ClientWebSocket, "clientwebsocket", arguments);
        Contestant[] lines = [.. Contestant.PerfConn("perfconn", arguments)];
        return [framework, framework.Inline(), .. lines, lines.First(c => c.Name == Names.Async).Inline()];
    }

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
