using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab;

// dotnet run -c Release --project benchmarks/PerfConn.Lab -- throughput [rounds] [raw|combined]
if (args is ["serve", var shape])
{
    return await BlastServer.RunAsync(shape == "combined").ConfigureAwait(false);
}

if (args is ["stages", ..])
{
    Stages.Run(args is [_, "combined"]);
    return 0;
}

if (args.Length == 0 || args[0] != "throughput")
{
    await Console.Error.WriteLineAsync("usage: throughput [rounds] [raw|combined] [name] | stages [raw|combined]").ConfigureAwait(false);
    return 2;
}

int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
bool combined = args.Length > 2 && args[2] == "combined";
using LabServer server = await LabServer.StartAsync(combined).ConfigureAwait(false);
(string Name, Func<LabServer, TimeSpan, Task<long>> Run)[] contestants =
[
    ("byte-counting loop", Contestants.CountBytes),
    ("bare parse loop", Contestants.BareParse),
    ("ClientWebSocket, counting", Contestants.ClientWebSocket),
    ("PerfConn Thread, inline handler", Contestants.PerfConnThread),
    ("PerfConn Async, inline handler", Contestants.PerfConnSocket),
    ("PerfConn Thread, all decoded", Contestants.PerfConnThreadDecoding),
    ("PerfConn Async, all decoded", Contestants.PerfConnDecoding),
    ("PerfConn over ClientWebSocket", Contestants.PerfConnClientWebSocket),
];

if (args.Length > 3)
{
    contestants = [.. contestants.Where(c => c.Name.Contains(args[3], StringComparison.OrdinalIgnoreCase))];
}

// Interleaved rounds and medians: the machine drifts, ratios within one run do not. The first round warms up and does not count.
var rates = contestants.ToDictionary(c => c.Name, _ => new List<double>(), StringComparer.Ordinal);
var cpu = contestants.ToDictionary(c => c.Name, _ => new List<double>(), StringComparer.Ordinal);
var allocated = contestants.ToDictionary(c => c.Name, _ => new List<double>(), StringComparer.Ordinal);
TimeSpan time = TimeSpan.FromSeconds(1);
using var self = Process.GetCurrentProcess();
for (int round = 0; round <= rounds; round++)
{
    foreach ((string name, Func<LabServer, TimeSpan, Task<long>> run) in contestants)
    {
        self.Refresh();
        TimeSpan cpuBefore = self.TotalProcessorTime;
        long bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
        long messages = await run(server, time).ConfigureAwait(false);
        self.Refresh();
        if (round > 0)
        {
            rates[name].Add(messages / time.TotalSeconds);
            cpu[name].Add((self.TotalProcessorTime - cpuBefore).TotalNanoseconds / messages);
            allocated[name].Add((GC.GetTotalAllocatedBytes(precise: true) - bytesBefore) / (double)messages);
        }
    }
}

double reference = Reference("ClientWebSocket, counting");
double ceiling = Reference("byte-counting loop");
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"bookTicker {(combined ? "combined" : "raw")}, {server.PayloadBytesPerMessage:F0} B, blast, {rounds} rounds of {time.TotalSeconds:F0} s, medians"));
foreach ((string name, _) in contestants)
{
    double rate = Median(rates[name]);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-32} {rate / 1e6,7:F2} M/s  {rate / reference,6:F2}x ClientWebSocket  {rate / ceiling,5:F2} of ceiling  {Median(cpu[name]),6:F0} ns CPU/msg  {Median(allocated[name]),8:F3} B/msg"));
}

return 0;

double Reference(string name) => rates.TryGetValue(name, out List<double>? values) ? Median(values) : double.NaN;

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}
