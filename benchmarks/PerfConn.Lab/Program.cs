using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab;
using PerfConn.Lab.Contestants;
using PerfConn.Lab.Report;
using PerfConn.Lab.Scenarios;
using PerfConn.Lab.Server;

// dotnet run -c Release --project benchmarks/PerfConn.Lab -- <scenario|all> [--json] [--report DIR] [--rounds N] [--seconds S] [--cuts N]
switch (args)
{
    case ["serve"]:
        return LabServer.Run();
    case ["simulate"]:
        return await SimulatedVenue.RunAsync();
    case ["contestant", _, ..]:
        return await ContestantProgram.RunAsync(new ContestantArguments(args.AsSpan(1)));
    case ["stages", var shape]:
        Stages.Run(shape);
        return 0;
}

(string Name, Func<Lab, Task> Run)[] scenarios =
[
    ("throughput", ThroughputScenario.RunAsync),
    ("stages", StageScenario.RunAsync),
    ("latency", LatencyScenario.RunAsync),
    ("send", SendScenario.RunAsync),
    ("echo", EchoScenario.RunAsync),
    ("fan-in", FanInScenario.RunAsync),
    ("idle", IdleScenario.RunAsync),
    ("lanes", LaneScenario.RunAsync),
    ("lookup", LookupScenario.RunAsync),
    ("reconnect", ReconnectScenario.RunAsync),
    ("connect", ConnectScenario.RunAsync),
];

LabOptions? options = LabOptions.Parse(args);
IReadOnlyList<(string Name, Func<Lab, Task> Run)> chosen = [.. scenarios.Where(s => options?.Scenario == "all" || options?.Scenario == s.Name)];
if (options is null || chosen.Count == 0)
{
    await Console.Error.WriteLineAsync(LabOptions.Usage + string.Join(", ", scenarios.Select(s => s.Name)) + "; and stages book|mixed|combined|depth|large");
    return 2;
}

string load = MachineFacts.Load();
var absent = new List<string>();
void LeaveOut(string why)
{
    absent.Add(why);
    Console.Error.WriteLine(why);
}

var lab = new Lab(options, await Peer.FindAsync(LeaveOut), LeaveOut);
foreach ((_, Func<Lab, Task> run) in chosen)
{
    await run(lab);
}

// Of a single scenario only the bars that it speaks of.
IReadOnlyList<Bar> bars = [.. new BarTable(lab.Tables).Bars().Where(b => b.Measured is not null || options.Scenario == "all")];
var report = await LabReport.OfAsync(
    "dotnet run -c Release --project benchmarks/PerfConn.Lab -- " + string.Join(' ', args), load, options.Seconds, options.Rounds, absent, bars, lab.Tables);
if (options.Json)
{
    Console.WriteLine(report.ToJson());
}
else
{
    BarText.Write(Console.Out, report);
}

if (options.ReportFolder is { } folder)
{
    await new ReportPage(report, folder).WriteAsync();
}

return 0;
