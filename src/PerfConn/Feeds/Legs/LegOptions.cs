using System;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Feeds.Legs;

/// <summary>Settings of a <see cref="LegSet"/>.</summary>
/// <remarks>Checked when a set is opened, with its lines' settings: all that is wrong is told at once.</remarks>
public sealed record LegOptions
{
    /// <summary>Settings of each leg's line; its symbol map, or a common one where it names none, is that of the set.</summary>
    public LineOptions Line { get; init; } = new();

    /// <summary>How a leg that could not be opened, or has ended for good, is tried again. Default: for ever, with full jitter between 0 and 30 s.</summary>
    public Retry Retry { get; init; } = Retry.Exponential(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <summary>
    /// How long a tick that runs ahead of the others may wait for what is missing before it to come over another leg. After that it is delivered behind a gap marker.
    /// 1 ms to 30 days. Default: 200 ms.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Ticks of one stream and leg that may so wait; more of them are not waited with; from 1. Default: 256.</summary>
    public int HoldLimit { get; init; } = 256;

    /// <summary>A leg whose median lag behind the first is above this is demoted: it is told of, and moved to a new connection; 1 ms to 30 days. Default: 50 ms.</summary>
    public TimeSpan DemoteAbove { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The stretch over which that median is taken, and the least time between two demotions of a leg; 1 ms to 30 days. Default: 10 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told of a leg that has been demoted, with its number and its median lag. Default: null.</summary>
    public Action<int, TimeSpan>? OnDemoted { get; init; }

    internal void Check(OptionsCheck check) => check
        .NotNull(Line)
        .Nested(Line, static (each, errors) => each.Check(errors))
        .NotNull(Retry)
        .Time(Patience)
        .AtLeast(HoldLimit, 1)
        .Time(DemoteAbove)
        .Time(Window);
}
