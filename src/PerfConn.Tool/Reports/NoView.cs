using System;
using System.Threading;

namespace PerfConn.Tool.Reports;

/// <summary>Shows nothing: standard output belongs to the JSON report.</summary>
internal sealed class NoView : LiveView
{
    public override TimeSpan Interval => Timeout.InfiniteTimeSpan;

    public override void Update(LiveFigures figures)
    {
    }
}
