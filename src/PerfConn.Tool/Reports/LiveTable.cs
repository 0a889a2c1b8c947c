using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PerfConn.Connections;
using Spectre.Console;

namespace PerfConn.Tool.Reports;

/// <summary>A table that is drawn over itself four times a second, and wiped when the report takes its place.</summary>
internal sealed class LiveTable : LiveView
{
    private static readonly Style s_quiet = new(foreground: Color.Grey);
    private static readonly Style s_good = new(foreground: Color.Green);
    private static readonly Style s_bad = new(foreground: Color.Red);

    /// <summary>What all columns take; on a narrower terminal the less telling ones are left out.</summary>
    private const int FullWidth = 118;

    private LiveDisplayContext? _context;
    private bool _isNarrow;

    public override TimeSpan Interval => TimeSpan.FromMilliseconds(250);

    public override void Run(Action body)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        _isNarrow = console.Profile.Width < FullWidth;
        console.Live(Text.Empty).AutoClear(enabled: true).Start(context =>
        {
            _context = context;
            body();
        });
    }

    public override void Update(LiveFigures figures) => _context!.UpdateTarget(Build(figures));

    private Rows Build(LiveFigures figures)
    {
        // The note's line is always there: a view that shrinks leaves its last line behind on the terminal.
        return new Rows(TitleOf(figures), TableOf(figures.Rows), new Text(figures.Note ?? " ", s_bad));
    }

    private static Columns TitleOf(LiveFigures figures)
    {
        string clock = figures.Duration is { } total
            ? $"{figures.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} of {Figures.Seconds(total.TotalSeconds)}"
            : Figures.Seconds(figures.Elapsed.TotalSeconds);
        return new Columns(new Text(figures.Title, new Style(decoration: Decoration.Bold)), new Text(clock, s_quiet)) { Expand = false };
    }

    private Table TableOf(IReadOnlyList<LineRow> rows)
    {
        var shape = new Shape(
            HasStreams: rows.Any(static row => row.Wanted > 0),
            HasMessages: rows.Any(static row => row.Frames > row.Ticks + row.Wanted),
            HasAge: rows.Any(static row => row.Age.Count > 0),
            _isNarrow);
        var table = new Table
        {
            Border = _isNarrow ? TableBorder.None : TableBorder.Simple,
            BorderStyle = s_quiet,
            ShowFooters = rows.Count > 1,
        };
        foreach (Cell cell in Cells(rows[0], shape))
        {
            table.AddColumn(new TableColumn(new Text(cell.Header, s_quiet)) { Alignment = cell.IsText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (LineRow row in rows)
        {
            table.AddRow(Cells(row, shape).Select(static cell => cell.Content));
        }

        if (rows.Count > 1)
        {
            int column = 0;
            foreach (Cell cell in Cells(Total(rows), shape))
            {
                table.Columns[column++].Footer = cell.Content;
            }
        }

        return table;
    }

    private static List<Cell> Cells(LineRow row, Shape shape)
    {
        var cells = new List<Cell> { new("line", new Text(row.Name), IsText: true) };
        if (!shape.IsNarrow)
        {
            cells.Add(new Cell("state", StateOf(row), IsText: true));
        }

        if (shape is { HasStreams: true, IsNarrow: false })
        {
            cells.Add(new Cell("streams", row.Confirmed == row.Wanted
                ? new Text(Figures.Count(row.Wanted))
                : new Text($"{Figures.Count(row.Confirmed)} of {Figures.Count(row.Wanted)}")));
        }

        if (shape.HasMessages)
        {
            cells.Add(new Cell("messages", new Text(Figures.Count(row.Frames))));
        }

        cells.Add(new Cell("ticks", new Text(Figures.Count(row.Ticks))));
        cells.Add(new Cell("ticks/s", new Text(row.TicksPerSecond.ToString("N0", CultureInfo.InvariantCulture))));
        cells.Add(new Cell("payload", new Text(Figures.BytesPerSecond(row.BytesPerSecond))));
        if (shape.HasAge)
        {
            cells.Add(new Cell("age p50", AgeOf(row.Age, row.Age.P50)));
            cells.Add(new Cell("p99", AgeOf(row.Age, row.Age.P99)));
            if (!shape.IsNarrow)
            {
                cells.Add(new Cell("p99.9", AgeOf(row.Age, row.Age.P999)));
            }
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
            LineState.Rotating => new Text("rotating", s_good),
            LineState.Degraded => new Text("stale", s_bad),
            LineState.Reconnecting => new Text("reconnecting", s_bad),
            LineState.Draining => new Text("closing", s_quiet),
            LineState.Closed => new Text("closed", s_quiet),
            LineState.Faulted => new Text("given up", s_bad),
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

    /// <summary>Which columns there are; the same for all rows.</summary>
    private readonly record struct Shape(bool HasStreams, bool HasMessages, bool HasAge, bool IsNarrow);

    private readonly record struct Cell(string Header, Text Content, bool IsText = false);
}
