using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Lab.Report;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Scenarios;

/// <summary>What a contestant's rounds add up to: the median of each figure.</summary>
internal sealed class Tally(string name)
{
    private readonly Dictionary<string, List<double>> _values = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<double>> _percentiles = [];
    private string? _version;
    private string? _failure;

    public string Name => name;

    public void Add(ChildRun run, Job job)
    {
        if (run.Measurement is not { } m)
        {
            _failure = run.Failure;
            return;
        }

        double rate = m.Messages / m.Seconds;
        Add(Metric.Rate, m.Messages > 0 ? rate : null);
        Add(Metric.Megabytes, rate * job.WireBytes);
        Add(Metric.Nanoseconds, 1e9 / rate);
        Add(Metric.Cpu, m.CpuSeconds * 1e9 / m.Messages);
        Add(Metric.CpuPerLine, m.CpuSeconds * 1e9 / m.Seconds / job.Lines);
        Add(Metric.Allocated, m.AllocatedBytes / m.Messages);
        Add(Metric.Offered, m.Offered / m.Seconds);
        Add(Metric.Dropped, m.Dropped / m.Offered);
        Add(Metric.Conflated, m.Conflated / m.Offered);
        Add(Metric.Managed, m.ManagedBytesPerLine);
        Add(Metric.Resident, m.ResidentBytesPerLine);
        Add(Metric.Max, m.MaxNanoseconds);
        Add(Metric.ManagedBefore, m.HeldBefore?.Managed);
        Add(Metric.ManagedAfter, m.HeldAfter?.Managed);
        Add(Metric.ResidentBefore, m.HeldBefore?.Resident);
        Add(Metric.ResidentAfter, m.HeldAfter?.Resident);
        Add(Metric.HandlesBefore, m.HeldBefore?.Handles);
        Add(Metric.HandlesAfter, m.HeldAfter?.Handles);
        Add(Metric.ThreadsBefore, m.HeldBefore?.Threads);
        Add(Metric.ThreadsAfter, m.HeldAfter?.Threads);
        _version = m.Version ?? _version;
        if (m.Percentiles is { } percentiles && percentiles.Count == Quantiles.Points.Count)
        {
            _percentiles.Add(percentiles);
        }
    }

    public ResultRow Result()
    {
        IReadOnlyList<double>? curve = _percentiles.Count == 0 ? null : [.. Quantiles.Points.Select((_, i) => Median([.. _percentiles.Select(p => p[i])]))];
        Dictionary<string, double> medians = _values.ToDictionary(v => v.Key, v => Median(v.Value), StringComparer.Ordinal);
        foreach (Metric metric in curve is null ? [] : (Metric[])[Metric.P50, Metric.P90, Metric.P99, Metric.P999])
        {
            double point = double.Parse(metric.Key[1..^"Nanoseconds".Length], System.Globalization.CultureInfo.InvariantCulture);
            medians[metric.Key] = curve![Quantiles.Points.ToList().IndexOf(point)];
        }

        return new ResultRow { Name = name, Values = medians, Percentiles = curve, Version = _version, Failure = _failure };
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private void Add(Metric metric, double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return;
        }

        if (!_values.TryGetValue(metric.Key, out List<double>? list))
        {
            _values[metric.Key] = list = [];
        }

        list.Add(number);
    }
}
