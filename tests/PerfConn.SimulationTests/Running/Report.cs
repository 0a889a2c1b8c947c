using System;
using System.Globalization;
using PerfConn.SimulationTests.Checks;

namespace PerfConn.SimulationTests.Running;

/// <summary>The figures of a run as one line of JSON.</summary>
internal static class Report
{
    public static string Json(Totals totals, ulong hash, TimeSpan wall) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"histories":{{totals.Histories}},"virtualHours":{{totals.VirtualHours:0.0}},"ticks":{{totals.Ticks}},"cuts":{{totals.Cuts}},"attempts":{{totals.Attempts}},"reconnects":{{totals.Reconnects}},"rotations":{{totals.Rotations}},"gaps":{{totals.Gaps}},"needlessGaps":{{totals.NeedlessGaps}},"silentGaps":{{totals.SilentGaps}},"duplicates":{{totals.Duplicates}},"managerCalls":{{totals.ManagerCalls}},"violations":{{totals.Violations}},"hash":"{{hash:x16}}","wallSeconds":{{wall.TotalSeconds:0.0}}}
        """);
}
