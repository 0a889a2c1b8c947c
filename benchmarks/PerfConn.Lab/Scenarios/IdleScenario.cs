using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>Many lines on which nothing happens: what each holds in memory, and what it costs to do nothing.</summary>
internal static class IdleScenario
{
    private const int MostThreads = 1000;

    // The runtime's own.
    private const int FilesBeside = 250;

    public static async Task RunAsync(Lab lab)
    {
        foreach (int lines in (int[])[1_000, 10_000])
        {
            if (OpenFiles.Limit() < lines + FilesBeside)
            {
                lab.LeaveOut($"{lines:N0} idle lines are left out: a process needs {lines + FilesBeside:N0} open files, and `ulimit -n` gives {OpenFiles.Limit():N0}");
                continue;
            }

            using ServerProcess server = await ServerProcess.StartAsync();
            // What connecting has left to be compiled is done by then.
            var job = new Job { Url = server.Address("idle"), Seconds = 3 * lab.Options.Seconds, WarmUp = 3, Lines = lines };
            await lab.CompareAsync(
                $"idle-{lines / 1000}k",
                $"{lines:N0} idle lines in one process",
                job,
                [Metric.Managed, Metric.Resident, Metric.CpuPerLine],
                [
                    Contestant.Of(Names.ClientWebSocket, "idle", "--client", "clientwebsocket"),
                    Contestant.Of(Names.Async, "idle", "--mode", "Async"),
                    .. lines > MostThreads ? (Contestant[])[] : [Contestant.Of(Names.Thread, "idle", "--mode", "Thread")],
                    Contestant.Of(Names.VenueLine, "idle", "--client", "venue"),
                ],
                rounds: 1);
        }
    }
}
