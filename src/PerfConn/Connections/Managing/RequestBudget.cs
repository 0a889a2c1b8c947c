using System;
using System.Collections.Generic;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Resilience;

namespace PerfConn.Connections.Managing;

/// <summary>How many requests of some kinds a venue takes from one connection, in one or several windows at once: so many a minute, and so many an hour. Requests beyond wait for their turn, in order.</summary>
/// <remarks>The windows roll and are exact, and go on over reconnects: a connection that is made again is not allowed more. Each costs eight bytes for each request that it allows.</remarks>
public sealed record RequestBudget
{
    /// <summary>The windows, at least one; a request takes a place in each.</summary>
    public required IReadOnlyList<RequestWindow> Windows { get; init; }

    /// <summary>Which requests it is for, by their payload; called once for each, by any thread. A request counts in the first budget that covers it. Default: null, all.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? Covers { get; init; }

    /// <summary>Added to each window, as <see cref="VenueLimits.WindowMargin"/> is. Default: 100 ms.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromMilliseconds(100);

    internal void Check(OptionsCheck check)
    {
        check.That(Windows?.Count > 0, "Windows must have one at least").Between(Margin, TimeSpan.Zero, Retry.LongestDelay);
        for (int i = 0; i < (Windows?.Count ?? 0); i++)
        {
            check.Between(Windows![i].Requests, 1, 1_000_000, FormattableString.Invariant($"Windows[{i}].Requests"))
                .Between(Windows[i].Length, TimeSpan.FromMilliseconds(1), Retry.LongestDelay, FormattableString.Invariant($"Windows[{i}].Length"));
        }
    }
}
