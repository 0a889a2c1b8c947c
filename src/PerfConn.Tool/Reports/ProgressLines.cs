using System;
using System.IO;
using System.Linq;
using System.Text;

namespace PerfConn.Tool.Reports;

/// <summary>A line a second, for output that goes into a file or a pipe.</summary>
internal sealed class ProgressLines(TextWriter output) : LiveView
{
    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override void Update(LiveFigures figures)
    {
        var text = new StringBuilder();
        text.Append(Figures.Seconds(figures.Elapsed.TotalSeconds).PadLeft(8));
        text.Append("  ").Append(Figures.Count(figures.Rows.Sum(static row => row.Ticks)).PadLeft(13)).Append(" ticks");
        text.Append("  ").Append(Figures.PerSecond(figures.Rows.Sum(static row => row.TicksPerSecond)).PadLeft(11));
        text.Append("  ").Append(Figures.BytesPerSecond(figures.Rows.Sum(static row => row.BytesPerSecond)).PadLeft(10));
        long reconnects = figures.Rows.Sum(static row => row.Reconnects);
        if (reconnects > 0)
        {
            text.Append("  ").Append(Figures.Count(reconnects)).Append(reconnects == 1 ? " reconnect" : " reconnects");
        }

        output.WriteLine(text.ToString());
        output.Flush();
    }
}
