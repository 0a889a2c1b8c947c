namespace PerfConn.SimulationTests.Checks;

/// <summary>What happened, counted.</summary>
internal sealed class Totals
{
    public long Histories { get; set; }

    public double VirtualHours { get; set; }

    public long Ticks { get; set; }

    public long Cuts { get; set; }

    public long Attempts { get; set; }

    public long Reconnects { get; set; }

    public long Rotations { get; set; }

    public long Gaps { get; set; }

    /// <summary>Gap markers behind which nothing was missing.</summary>
    public long NeedlessGaps { get; set; }

    public long SilentGaps { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Calls of a manager's user.</summary>
    public long ManagerCalls { get; set; }

    public long Violations { get; set; }

    public void Add(Totals other)
    {
        Histories += other.Histories;
        VirtualHours += other.VirtualHours;
        Ticks += other.Ticks;
        Cuts += other.Cuts;
        Attempts += other.Attempts;
        Reconnects += other.Reconnects;
        Rotations += other.Rotations;
        Gaps += other.Gaps;
        NeedlessGaps += other.NeedlessGaps;
        SilentGaps += other.SilentGaps;
        Duplicates += other.Duplicates;
        ManagerCalls += other.ManagerCalls;
        Violations += other.Violations;
    }
}
