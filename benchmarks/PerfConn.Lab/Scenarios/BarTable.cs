using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Lab.Report;

namespace PerfConn.Lab.Scenarios;

/// <summary>The bars that the hot path is held to, against one run's figures. All are ratios or counts, so they mean the same on another machine of two cores.</summary>
internal sealed class BarTable(IReadOnlyList<ResultTable> tables)
{
    // A tick that allocated would be far above it, what a process does beside its ticks is far below where ticks are many.
    private const double NoBytes = 0.01;

    public IReadOnlyList<Bar> Bars() =>
    [
        .. Throughput("throughput-ws-book"),
        .. Tls("throughput-wss-book"),
        Bar.AtLeast("through a lane to another thread, from memory, M ticks/s", 15, "", Best("lanes", Metric.Rate, LaneScenario.Lossless) / 1e6),
        Bar.AtMost("latency p50 at 10k/s, Spin against the bare spinning loop", 1.10, "x", Ratio("latency-10k", Metric.P50, Names.Spin, Names.BareSpin)),
        Bar.AtMost("the same against ClientWebSocket", 0.333, "x", Ratio("latency-10k", Metric.P50, Names.Spin, Names.ClientWebSocket)),
        Bar.AtMost("CPU per message at 5k/s, Thread against ClientWebSocket", 0.167, "x", Ratio("latency-5k", Metric.Cpu, Names.Thread, Names.ClientWebSocket)),
        Bar.AtMost("allocated per tick, the worst of all modes, messages and fan-ins, B", NoBytes, "", Math.Max(WorstAllocation("throughput-"), WorstAllocation("fan-in-"))),
        Bar.AtMost("allocated per tick through a lane, the worst of all policies, B", NoBytes, "", WorstAllocation("lanes")),
        Bar.AtMost("symbol lookup of 3,000, ns", 8, "", Value("lookup", Metric.Nanoseconds, LookupScenario.Map)),
        Bar.AtMost("the same against ConcurrentDictionary", 0.5, "x", Ratio("lookup", Metric.Nanoseconds, LookupScenario.Map, LookupScenario.Dictionary)),
        Bar.AtMost("the same with a writer adding, against none", 1.3, "x", Ratio("lookup", Metric.Nanoseconds, LookupScenario.Map + LookupScenario.WithWriter, LookupScenario.Map)),
        Bar.AtMost("an idle plain line among 10,000, managed B", 4096, "", Value("idle-10k", Metric.Managed, Names.Async)),
        Bar.AtMost("1,000 lines connected, 32 at a time, time against ClientWebSocket", 1, "x", Ratio("connect", Metric.Nanoseconds, ConnectScenario.Parallel, Names.ClientWebSocket)),
        Bar.AtLeast("sends of 100 B, posted, against ClientWebSocket", 4, "x", Best("send", Metric.Rate, "PerfConn", ", posted") / Value("send", Metric.Rate, Names.ClientWebSocket)),
        Bar.AtLeast("the same, each awaited by one sender", 4, "x", Best("send", Metric.Rate, "PerfConn", " Async, each awaited", " Thread, each awaited", " Spin, each awaited") / Value("send", Metric.Rate, Names.ClientWebSocket)),
        Bar.AtMost("allocated per send, posted or awaited by one sender, the worst, B", NoBytes, "", WorstAllocation("send", ", posted", " Async, each awaited", " Thread, each awaited", " Spin, each awaited")),
        Bar.AtMost("from a reset to the first tick again, p99, the worst mode, ms", 10, "", Worst(ReconnectScenario.Key, Metric.P99) / 1e6),
        Bar.AtMost("the same where a spare connection takes over, ms", 10, "", Worst(ReconnectScenario.Key + "-spare", Metric.P99) / 1e6),
    ];

    private IEnumerable<Bar> Throughput(string table)
    {
        const string decoded = Names.Thread + Names.Decoded;
        return
        [
            Bar.AtLeast("throughput of Thread against the loop that counts bytes, MB/s", 0.80, "x", Ratio(table, Metric.Megabytes, Names.Thread, Names.Bytes)),
            Bar.AtMost("the same, CPU per message", 2, "x", Ratio(table, Metric.Cpu, Names.Thread, Names.Bytes)),
            Bar.AtLeast("throughput of Thread against ClientWebSocket", 6, "x", Ratio(table, Metric.Rate, Names.Thread, Names.ClientWebSocket)),
            Bar.AtLeast("throughput of Async against ClientWebSocket", 4, "x", Ratio(table, Metric.Rate, Names.Async, Names.ClientWebSocket)),
            Bar.AtLeast("throughput of Thread against Boost.Beast", 4, "x", Ratio(table, Metric.Rate, Names.Thread, Names.Beast)),
            Bar.AtLeast("four decimals and the update id decoded, M ticks/s", 8, "", Value(table, Metric.Rate, decoded) / 1e6),
            Bar.AtMost("the same, allocated per tick, B", NoBytes, "", Value(table, Metric.Allocated, decoded)),
        ];
    }

    /// <summary>"The same over TLS" may mean the ticks handed over or the ticks decoded: both are told.</summary>
    private IEnumerable<Bar> Tls(string table)
    {
        foreach ((string how, string name) in ((string, string)[])[("", Names.Thread), (", all decoded", Names.Thread + Names.Decoded)])
        {
            yield return Bar.AtLeast($"over TLS{how}: Thread against an SslStream loop that counts bytes", 0.85, "x", Ratio(table, Metric.Rate, name, Names.Bytes));
            yield return Bar.AtLeast($"over TLS{how}: Thread against ClientWebSocket", 2.3, "x", Ratio(table, Metric.Rate, name, Names.ClientWebSocket));
        }
    }

    private double Value(string table, Metric metric, string name) => tables.FirstOrDefault(t => t.Key == table)?.Value(name, metric) ?? double.NaN;

    private double Ratio(string table, Metric metric, string name, string against) => Value(table, metric, name) / Value(table, metric, against);

    private double Best(string table, Metric metric, string first, params string[] endings) => Of(table, metric, first, endings).DefaultIfEmpty(double.NaN).Max();

    private double Worst(string table, Metric metric) => Of(table, metric, "PerfConn", []).DefaultIfEmpty(double.NaN).Max();

    private double WorstAllocation(string tablesBegin, params string[] endings) => tables
        .Where(t => t.Key.StartsWith(tablesBegin, StringComparison.Ordinal))
        .SelectMany(t => Of(t.Key, Metric.Allocated, "PerfConn", endings))
        .DefaultIfEmpty(double.NaN).Max();

    /// <summary>The figures of those whose names begin and, if endings are given, end so. What runs over the framework's client is not ours to answer for.</summary>
    private IEnumerable<double> Of(string table, Metric metric, string first, string[] endings) =>
        (tables.FirstOrDefault(t => t.Key == table)?.Rows ?? [])
        .Where(r => r.Name.StartsWith(first, StringComparison.Ordinal)
            && r.Name != Names.OverClientWebSocket
            && (endings.Length == 0 || endings.Any(e => r.Name.EndsWith(e, StringComparison.Ordinal) && (e[0] == ',' || r.Name == first + e))))
        .Select(r => r[metric])
        .Where(double.IsFinite);
}
