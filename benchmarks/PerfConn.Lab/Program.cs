using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab;
using PerfConn.Transport;

// dotnet run -c Release --project benchmarks/PerfConn.Lab -- throughput [rounds] [raw|combined]
if (args is ["serve", var shape])
{
    return await BlastServer.RunAsync(shape).ConfigureAwait(false);
}

if (args is ["stages", ..])
{
    Stages.Run(args is [_, "combined"]);
    return 0;
}

if (args is ["deflate", ..])
{
    // The same settings on both sides, once with the server's context kept and once without.
    foreach (bool keepsContext in (bool[])[true, false])
    {
        using LabServer deflating = await LabServer.StartAsync(keepsContext ? "deflate" : "deflate-fresh").ConfigureAwait(false);
        await Comparison.RunAsync(
            $"bookTicker raw, deflated {(keepsContext ? "with" : "without")} context",
            deflating,
            args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5,
            [
                (Comparison.Ceiling, Contestants.CountBytes),
                (Comparison.Reference, (server, time) => Contestants.ClientWebSocketDeflate(server, time, keepsContext)),
                ("PerfConn Thread, inline handler", (server, time) => Contestants.PerfConnDeflate(server, time, keepsContext, ReceiveMode.Thread)),
                ("PerfConn Async, inline handler", (server, time) => Contestants.PerfConnDeflate(server, time, keepsContext, ReceiveMode.Async)),
            ]).ConfigureAwait(false);
    }

    return 0;
}

if (args is ["tls", ..])
{
    using LabServer secure = await LabServer.StartAsync("tls").ConfigureAwait(false);
    await Comparison.RunAsync(
        "bookTicker raw over TLS 1.3",
        secure,
        args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5,
        [
            (Comparison.Ceiling, Contestants.CountTlsBytes),
            (Comparison.Reference, Contestants.ClientWebSocket),
            ("PerfConn Thread, inline handler", (peer, time) => Contestants.PerfConnTls(peer, time, ReceiveMode.Thread)),
            ("PerfConn Async, inline handler", (peer, time) => Contestants.PerfConnTls(peer, time, ReceiveMode.Async)),
        ]).ConfigureAwait(false);
    return 0;
}

if (args.Length == 0 || args[0] != "throughput")
{
    await Console.Error.WriteLineAsync("usage: throughput [rounds] [raw|combined] [name] | deflate [rounds] | tls [rounds] | stages [raw|combined]").ConfigureAwait(false);
    return 2;
}

int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
bool combined = args.Length > 2 && args[2] == "combined";
using LabServer server = await LabServer.StartAsync(combined ? "combined" : "raw").ConfigureAwait(false);
(string Name, Func<LabServer, TimeSpan, Task<long>> Run)[] contestants =
[
    (Comparison.Ceiling, Contestants.CountBytes),
    ("bare parse loop", Contestants.BareParse),
    (Comparison.Reference, Contestants.ClientWebSocket),
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

await Comparison.RunAsync($"bookTicker {(combined ? "combined" : "raw")}", server, rounds, contestants).ConfigureAwait(false);
return 0;
