using System.Threading.Tasks;
using PerfConn.Lab.Contestants;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>A thousand lines to the simulated venue: side by side, one by one, and as the framework's client does it with the same number at a time.</summary>
internal static class ConnectScenario
{
    public const string Parallel = "PerfConn, 32 at a time";

    private const int Lines = 1000;
    private const int FilesBeside = 250;

    public static async Task RunAsync(Lab lab)
    {
        if (OpenFiles.Limit() < Lines + FilesBeside)
        {
            lab.LeaveOut($"connecting {Lines:N0} lines is left out: a process needs {Lines + FilesBeside:N0} open files, and `ulimit -n` gives {OpenFiles.Limit():N0}");
            return;
        }

        using ServerProcess venue = await ServerProcess.StartAsync("simulate");
        await lab.CompareAsync(
            "connect",
            $"{Lines:N0} lines connected to the simulated venue",
            new Job { Url = venue.Address("ws"), Lines = Lines },
            [Metric.MicrosecondsPerLine, Metric.ThousandRate, Metric.CpuMicroseconds, Metric.Allocated],
            [
                Contestant.Of(Names.ClientWebSocket, ConnectBurst.Kind, "--client", "clientwebsocket"),
                Contestant.Of(Parallel, ConnectBurst.Kind),
                Contestant.Of("ClientWebSocket, one by one", ConnectBurst.Kind, "--client", "clientwebsocket", "--at-once", "1"),
                Contestant.Of("PerfConn, one by one", ConnectBurst.Kind, "--at-once", "1"),
            ]);
    }
}
