using System;
using System.IO;
using PerfConn.Diagnostics;

namespace PerfConn.Tool.Running;

/// <summary>A file for stage times, which says by its name how they are written: <c>.txt</c>, <c>.csv</c> or <c>.svg</c>.</summary>
internal sealed class StageFile
{
    private readonly string _path;
    private readonly Action<StageReport, TextWriter> _write;

    private StageFile(string path, Action<StageReport, TextWriter> write)
    {
        _path = path;
        _write = write;
    }

    public StageHistograms Histograms { get; } = new();

    /// <exception cref="UsageException">The name ends in something else.</exception>
    public static StageFile Parse(string path) => new(path, Path.GetExtension(path) switch
    {
        ".txt" => static (report, output) => report.WriteText(output),
        ".csv" => static (report, output) => report.WriteCsv(output),
        ".svg" => static (report, output) => report.WriteSvg(output),
        _ => throw new UsageException($"--stages {path}: the name has to end in .txt, .csv or .svg"),
    });

    /// <exception cref="ToolException">The file cannot be written.</exception>
    public void Write()
    {
        try
        {
            using var output = new StreamWriter(_path);
            _write(Histograms.Snapshot(), output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"--stages: {e.Message}");
        }
    }
}
