using System;
using System.Collections.Generic;
using System.IO;

namespace PerfConn.Diagnostics;

/// <summary>
/// A copy of what <see cref="StageHistograms"/> had recorded. All times are nanoseconds since the read that brought the tick returned, so each stage holds the ones before it.
/// </summary>
public sealed class StageReport
{
    internal StageReport()
    {
    }

    /// <summary>Until the tick was understood: framing, protocol, symbol, sequence. Ticks further back in a read wait for those before them.</summary>
    public LogLinearHistogram Parsed { get; } = new();

    /// <summary>Until the handler was called; behind a lane that is after the wait in it.</summary>
    public LogLinearHistogram Dispatched { get; } = new();

    /// <summary>Until the handler returned.</summary>
    public LogLinearHistogram Handled { get; } = new();

    /// <summary>The stages by name, in order.</summary>
    public IReadOnlyList<(string Name, LogLinearHistogram Nanoseconds)> Stages =>
        [("parsed", Parsed), ("dispatched", Dispatched), ("handled", Handled)];

    /// <summary>Writes a table for people: a row for each stage, in microseconds.</summary>
    public void WriteText(TextWriter output) => HistogramExport.WriteText(output, "us", 1000, Stages);

    /// <summary>Writes <c>stage,percentile,value,count</c> lines in nanoseconds, with a heading.</summary>
    public void WriteCsv(TextWriter output) => HistogramExport.WriteCsv(output, Stages);

    /// <summary>Writes a picture: a curve over the percentiles for each stage, both scales logarithmic.</summary>
    public void WriteSvg(TextWriter output) => HistogramSvg.Write(output, "time since the read returned", "ns", Stages);

    /// <summary>Adds another report's values to this one.</summary>
    public void Add(StageReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Add(other.Parsed, other.Dispatched, other.Handled);
    }

    internal void Add(StageRecorder recorder) => Add(recorder.Parsed, recorder.Dispatched, recorder.Handled);

    private void Add(LogLinearHistogram parsed, LogLinearHistogram dispatched, LogLinearHistogram handled)
    {
        Parsed.Add(parsed);
        Dispatched.Add(dispatched);
        Handled.Add(handled);
    }
}
