using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>Settings of a <see cref="ResyncHandler{TProtocol, TSnapshot, THandler}"/>.</summary>
/// <remarks>Checked when the handler is made: all that is wrong is told at once.</remarks>
public sealed record ResyncOptions
{
    /// <summary>Deltas of one symbol kept while its snapshot is fetched; with one more it starts over. 1 or more. Default: 1,000, a hundred seconds of Binance's <c>@depth@100ms</c>.</summary>
    public int MaxBuffered { get; init; } = 1000;

    /// <summary>Fetches for one resync at most, those counted whose snapshot was too old. 1 or more. Default: 10.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>Longest delay before the second attempt; it doubles with each, and each is drawn between nothing and that; 0 to 30 days. Default: 200 ms.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What it grows to; from <see cref="Delay"/> to 30 days. Default: 10 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one fetch may take; 1 ms to 30 days. Default: 10 s.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Told when a symbol begins (true) and ends (false) to be built anew, on the thread of its ticks: pass it on to <c>Line.MarkResyncing</c>, and
    /// <c>Line.StateOf</c> knows it too. Default: nobody is told.
    /// </summary>
    public Action<SymbolId, bool>? Resyncing { get; init; }

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of the delays' jitter. Default: null, an unpredictable one.</summary>
    public int? JitterSeed { get; init; }

    internal void Check(OptionsCheck check) => check
        .AtLeast(MaxBuffered, 1)
        .AtLeast(MaxAttempts, 1)
        .Between(Delay, TimeSpan.Zero, Retry.LongestDelay)
        .Between(MaxDelay, TimeSpan.Zero, Retry.LongestDelay)
        .That(Delay <= MaxDelay || MaxDelay < TimeSpan.Zero, $"Delay must be at most MaxDelay ({MaxDelay}), it is {Delay}")
        .Time(FetchTimeout)
        .NotNull(TimeProvider);
}
