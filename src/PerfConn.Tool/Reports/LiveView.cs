using System;
using PerfConn.Tool.Running;

namespace PerfConn.Tool.Reports;

/// <summary>How a running command shows itself: a table on a terminal, a line a second elsewhere, nothing beside JSON. Used by one thread.</summary>
internal abstract class LiveView
{
    /// <summary>How often it wants figures; infinite for never.</summary>
    public abstract TimeSpan Interval { get; }

    public static LiveView For(ToolConsole console, bool json) =>
        json ? new NoView() : console.IsTerminal ? new LiveTable() : new ProgressLines(console.Output);

    /// <summary>Runs the body, which calls <see cref="Update"/>, on the calling thread.</summary>
    public virtual void Run(Action body) => body();

    public abstract void Update(LiveFigures figures);
}
