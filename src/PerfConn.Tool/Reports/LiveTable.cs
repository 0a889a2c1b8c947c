using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PerfConn.Connections;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PerfConn.Tool.Reports;

/// <summary>A table that is drawn over itself four times a second, and wiped when the report takes its place.</summary>
internal sealed class LiveTable : LiveView
{
    private static readonly Style s_quiet = new(foreground: Color.Grey);
    private static readonly Style s_good = new(foreground: Color.Green);
    private static readonly Style s_bad = new(foreground: Color.Red);

    private LiveDisplayContext? _context;

    public override TimeSpan Interval => TimeSpan.FromMilliseconds(250);

    public override void Run(Action body)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        console.Live(Text.Empty).AutoClear(enabled: true).Start(context =>
        {
            _context = context;
            body();
        });
    }

    public override void Update(LiveFigures figures) => _context!.UpdateTarget(Build(figures));

    private static Rows Build(LiveFigures figures)
    {
        var parts = new List<IRenderable> { TitleOf(figures), TableOf(figures.Rows) };
        if (figures.Note is not null)
        {
            parts.Add(new Text(figures.Note, s_bad));
        }

        return new Rows(parts);
    }

    private static Columns TitleOf(LiveFigures figures)
    {
        string clock = figures.Duration is { } total
            ? $"{figures.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} of {Figures.Seconds(total.TotalSeconds)}"
            : Figures.Seconds(figures.Elapsed.TotalSeconds);
        return new Columns(new Text(figures.Title, new Style(decoration: Decoration.Bold)), new Text(clock, s_quiet)) { Expand = false };
    }

    private static Table TableOf(IReadOnlyList<LineRow> rows)
    {
        bool hasStreams = rows.Any(static row => row.Wanted > 0);
        bool hasAge = rows.Any(static row => row.Age.Count > 0);
        var table = new Table { Border = TableBorder.Simple, BorderStyle = s_quiet, ShowFooters = rows.Count > 1 };
        foreach (Cell cell in Cells(rows[0], hasStreams, hasAge))
        {
            table.AddColumn(new TableColumn(new Text(cell.Header, s_quiet)) { Alignment = cell.IsText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (LineRow row in rows)
        {
            table.AddRow(Cells(row, hasStreams, hasAge).Select(static cell => cell.Content));
        }

        if (rows.Count > 1)
        {
            int column = 0;
            foreach (Cell cell in Cells(Total(rows), hasStreams, hasAge))
            {
                table.Columns[column++].Footer = cell.Content;
            }
        }

        return table;
    }

    private static List<Cell> Cells(LineRow row, bool hasStreams, bool hasAge)
    {
        var cells = new List<Cell> { new("line", new Text(row.Name), IsText: true), new("state", StateOf(row), IsText: true) };
        if (hasStreams)
        {
            cells.Add(new Cell("streams", row.Confirmed == row.Wanted
                ? new Text(Figures.Count(row.Wanted))
                : new Text($"{Figures.Count(row.Confirmed)} of {Figures.Count(row.Wanted)}")));
        }

        cells.Add(new Cell("ticks", new Text(Figures.Count(row.Ticks))));
        cells.Add(new Cell("ticks/s", new Text(row.TicksPerSecond.ToString("N0", CultureInfo.InvariantCulture))));
        cells.Add(new Cell("payload", new Text(Figures.BytesPerSecond(row.BytesPerSecond))));
        if (hasAge)
        {
            cells.Add(new Cell("age p50", AgeOf(row.Age, row.Age.P50)));
            cells.Add(new Cell("p99", AgeOf(row.Age, row.Age.P99)));
            cells.Add(new Cell("p99.9", AgeOf(row.Age, row.Age.P999)));
        }

        cells.Add(new Cell("gaps", Alarming(row.Gaps)));
        cells.Add(new Cell("reconnects", Alarming(row.Reconnects)));
        return cells;
    }

    private static Text StateOf(in LineRow row) => row.Name.Length == 0
        ? Text.Empty
        : row.State switch
        {
            LineState.Live => new Text("live", s_good),
            LineState.Reconnecting => new Text("reconnecting", s_bad),
            LineState.Closed => new Text("closed", s_quiet),
            _ => new Text("connecting", s_quiet),
        };

    private static Text AgeOf(in DataAge age, long nanoseconds) => age.Count == 0 ? Text.Empty : new Text(Figures.Duration(nanoseconds));

    private static Text Alarming(long count) => new(Figures.Count(count), count == 0 ? Style.Plain : s_bad);

    /// <summary>Percentiles do not add up: the total has none.</summary>
    private static LineRow Total(IReadOnlyList<LineRow> rows) => new(
        "",
        LineState.Live,
        rows.Sum(static row => row.Confirmed),
        rows.Sum(static row => row.Wanted),
        rows.Sum(static row => row.Frames),
        rows.Sum(static row => row.Ticks),
        rows.Sum(static row => row.FramesPerSecond),
        rows.Sum(static row => row.TicksPerSecond),
        rows.Sum(static row => row.BytesPerSecond),
        default,
        rows.Sum(static row => row.Gaps),
        rows.Sum(static row => row.Reconnects));

    private readonly record struct Cell(string Header, Text Content, bool IsText = false);
}
