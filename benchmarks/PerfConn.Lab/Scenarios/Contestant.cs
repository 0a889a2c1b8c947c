using System;
using System.Collections.Generic;
using System.Diagnostics;
using PerfConn.Lab.Running;
using PerfConn.Transport;

namespace PerfConn.Lab.Scenarios;

/// <summary>Somebody who takes part: a name for the tables, and how its process is started for a job.</summary>
internal sealed record Contestant(string Name, Func<Job, ProcessStartInfo> Command)
{
    /// <summary>One of the lab's own kinds.</summary>
    public static Contestant Of(string name, string kind, params string[] arguments) =>
        new(name, job => LabProcess.Command(["contestant", kind, .. job.Arguments(), .. arguments]));

    /// <summary>One line per receive mode that there is.</summary>
    public static IEnumerable<Contestant> PerfConn(string kind, params string[] arguments)
    {
        foreach (ReceiveMode mode in Enum.GetValues<ReceiveMode>())
        {
            yield return Of($"PerfConn {mode}", kind, ["--mode", $"{mode}", .. arguments]);
        }
    }

    /// <summary>The same with the runtime's socket engine running completions itself: one thread hop less, and whoever blocks there blocks everybody.</summary>
    public Contestant Inline() => new(Name + ", inline completions", job =>
    {
        ProcessStartInfo start = Command(job);
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        return start;
    });

    /// <summary>The same with something more to do.</summary>
    public Contestant And(string what, params string[] arguments) => new(Name + what, job =>
    {
        ProcessStartInfo start = Command(job);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    });

    public Contestant Renamed(string name) => this with { Name = name };
}
