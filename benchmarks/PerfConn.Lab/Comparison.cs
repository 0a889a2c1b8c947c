using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;

namespace PerfConn.Lab;

/// <summary>
/// Lets contestants read the same server and prints what each reached. Interleaved rounds and medians: the machine drifts, ratios within one run do not.
/// The first round warms up and does not count.
/// </summary>
internal static class Comparison
{
    public const string Reference = "ClientWebSocket, counting";
    public const string Ceiling = "byte-counting loop";

    public static async Task RunAsync(
        string title, LabServer server, int rounds, IReadOnlyList<(string Name, Func<LabServer, TimeSpan, Task<long>> Run)> contestants)
    {
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

        double reference = MedianOf(rates, Reference);
        double ceiling = MedianOf(rates, Ceiling);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}, {server.PayloadBytesPerMessage:F0} B, {server.WireBytesPerMessage:F0} B on the wire, blast, {rounds} rounds of {time.TotalSeconds:F0} s, medians"));
        foreach ((string name, _) in contestants)
        {
            double rate = Median(rates[name]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-32} {rate / 1e6,7:F2} M/s  {rate / reference,6:F2}x ClientWebSocket  {rate / ceiling,5:F2} of ceiling  {Median(cpu[name]),6:F0} ns CPU/msg  {Median(allocated[name]),8:F3} B/msg"));
        }
    }

    private static double MedianOf(Dictionary<string, List<double>> rates, string name) =>
        rates.TryGetValue(name, out List<double>? values) ? Median(values) : double.NaN;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
