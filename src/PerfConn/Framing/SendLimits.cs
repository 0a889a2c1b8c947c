using System;
using System.Threading;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <summary>What the write side of a line holds back at most, and how long a write may take.</summary>
/// <remarks>Checked by <c>LineOptions.Validate</c>, and when a line is opened.</remarks>
public sealed record SendLimits
{
    /// <summary>The default limits.</summary>
    public static SendLimits Default { get; } = new();

    /// <summary>
    /// Bytes that may wait to be taken by the transport, frames' headers included; at least 1. A send that would go above it waits its turn, or is told, as it
    /// asked to be. A message that is larger by itself is let through when nothing else is pending. Default: 1 MiB.
    /// </summary>
    public int MaxPendingBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// How long one write of at most 64 KiB may take; a larger message is several. A peer that takes nothing for so long costs the line its
    /// connection: what was written in part is never continued (RELIABILITY B01, B02). Above zero, at most a day; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Default: 10 s.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check(OptionsCheck check) => check
        .AtLeast(MaxPendingBytes, 1)
        .That(
            Deadline == Timeout.InfiniteTimeSpan || (Deadline > TimeSpan.Zero && Deadline <= TimeSpan.FromDays(1)),
            $"Deadline must be above zero and at most a day, or infinite, it is {Deadline}");
}
