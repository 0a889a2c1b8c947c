using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>
/// Lets contestants do the same work, one process after the other. Interleaved rounds and medians: the machine drifts, ratios within one run do not.
/// </summary>
internal sealed class Lab(LabOptions options, IReadOnlyList<Peer> peers, Action<string> leaveOut)
{
    private readonly List<ResultTable> _tables = [];

    public LabOptions Options => options;

    /// <summary>The clients in other languages that this machine has.</summary>
    public IReadOnlyList<Peer> Peers => peers;

    public IReadOnlyList<ResultTable> Tables => _tables;

    /// <summary>Rounds of a table that no bar speaks of.</summary>
    public int FewRounds => (options.Rounds + 1) / 2;

    /// <summary>Runs all of them, every round in the same order, and prints the table.</summary>
    public async Task<ResultTable> CompareAsync(
        string key, string title, Job job, IReadOnlyList<Metric> columns, IReadOnlyList<Contestant> contestants, string reference = Names.ClientWebSocket, int? rounds = null)
    {
        Tally[] tallies = [.. contestants.Select(c => new Tally(c.Name))];
        int turns = rounds ?? options.Rounds;
        for (int round = 1; round <= turns; round++)
        {
            for (int i = 0; i < tallies.Length; i++)
            {
                Progress($"{key}, round {round} of {turns}: {contestants[i].Name}");
                tallies[i].Add(await ChildRun.StartAsync(contestants[i].Command(job), job.Deadline), job);
            }
        }

        Progress("");
        return Add(new ResultTable { Key = key, Title = title, Reference = reference, Columns = columns, Rows = [.. tallies.Select(t => t.Result())] });
    }

    /// <summary>Says what this machine cannot do.</summary>
    public void LeaveOut(string why) => leaveOut(why);

    /// <summary>Keeps a table, and prints it.</summary>
    public ResultTable Add(ResultTable table)
    {
        _tables.Add(table);
        TextTable.Write(options.Json ? TextWriter.Null : Console.Out, table);
        return table;
    }

    /// <summary>One line that is overwritten, on a terminal only.</summary>
    private static void Progress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{text,-100}\r");
        }
    }
}
