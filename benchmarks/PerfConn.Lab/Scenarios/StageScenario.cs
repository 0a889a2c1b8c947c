using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Lab.Report;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Scenarios;

/// <summary>Where a tick's nanoseconds go between the read and the handler, from memory: the profile behind the CPU per message of the throughput tables.</summary>
internal static class StageScenario
{
    public const string Key = "stages-";

    public static Task RunAsync(Lab lab)
    {
        foreach (MessageShape shape in (MessageShape[])[MessageShape.Book, MessageShape.CombinedBook])
        {
            var rows = new List<ResultRow>();
            double before = 0;
            foreach ((string name, double nanoseconds) in Stages.Measure(shape.Name))
            {
                rows.Add(new ResultRow
                {
                    Name = name,
                    Values = new Dictionary<string, double>(StringComparer.Ordinal) { [Metric.Nanoseconds.Key] = nanoseconds, [Metric.StageNanoseconds.Key] = nanoseconds - before },
                });
                before = nanoseconds;
            }

            lab.Add(new ResultTable
            {
                Key = Key + shape.Name,
                Title = $"Where the nanoseconds go, {shape.Title}, from memory: each stage with all before it",
                Reference = Stages.WholeWay,
                Columns = [Metric.Nanoseconds, Metric.StageNanoseconds],
                Rows = rows,
            });
        }

        return Task.CompletedTask;
    }
}
