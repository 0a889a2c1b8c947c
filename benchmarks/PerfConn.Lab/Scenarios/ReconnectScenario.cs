using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>
/// A server that resets the connection again and again: how long each time until the first tick of the stream on the next one. Every cut counts, also the first, for which
/// everything is still to be compiled.
/// </summary>
internal static class ReconnectScenario
{
    public const string Key = "reconnect";
    public const string WithSpare = ", a spare one kept";

    /// <summary>Milliseconds that a connection lives after its tick; long enough for another spare one.</summary>
    private const int Life = 3;
    private const int LifeWithSpare = 10;

    public static async Task RunAsync(Lab lab)
    {
        int cuts = lab.Options.Cuts;
        using ServerProcess server = await ServerProcess.StartAsync();
        Contestant[] lines =
        [
            Contestant.Of(Names.Async, "perfconn-reconnect", "--mode", "Async"),
            Contestant.Of(Names.Thread, "perfconn-reconnect", "--mode", "Thread"),
        ];
        ResultTable table = await lab.CompareAsync(
            Key,
            $"From a reset to the first tick on the next connection, {cuts:N0} cuts",
            new Job { Url = server.Address($"cut/{Life}"), Cuts = cuts },
            [Metric.P50, Metric.P90, Metric.P99, Metric.P999, Metric.Max, Metric.CpuMicroseconds, Metric.Allocated],
            [Contestant.Of(Names.ClientWebSocket, "clientwebsocket-reconnect"), .. lines],
            rounds: 1);
        ResultTable spare = await lab.CompareAsync(
            Key + "-spare",
            $"The same with a spare connection that takes over, {cuts:N0} cuts",
            new Job { Url = server.Address($"cut/{LifeWithSpare}"), Cuts = cuts },
            table.Columns,
            [.. lines.Select(line => line.And(WithSpare, "--spare", "yes"))],
            lines[0].Name + WithSpare,
            rounds: 1);
        ResultRow[] held = [.. ((IEnumerable<ResultRow>)[.. table.Rows, .. spare.Rows]).Where(row => double.IsFinite(row[Metric.ManagedAfter]))];
        if (held.Length > 0)
        {
            lab.Add(new ResultTable
            {
                Key = Key + "-memory",
                Title = $"What the process holds after a tenth of {cuts:N0} cuts, and after all",
                Reference = Names.ClientWebSocket,
                Columns =
                [
                    Metric.ManagedAfter, Metric.ManagedBefore, Metric.ResidentBefore, Metric.ResidentAfter,
                    Metric.HandlesBefore, Metric.HandlesAfter, Metric.ThreadsBefore, Metric.ThreadsAfter,
                ],
                Rows = held,
            });
        }
    }
}
