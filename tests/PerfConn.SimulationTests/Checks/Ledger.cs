using System;
using PerfConn.Dispatch;
using PerfConn.Sequencing;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Venue;

namespace PerfConn.SimulationTests.Checks;

/// <summary>
/// The book of one stream as one subscription sees it: each tick that the venue publishes after it has confirmed comes once and in order, or lies behind one gap marker.
/// </summary>
/// <param name="world">The history.</param>
/// <param name="stream">The stream.</param>
/// <param name="subscription">Number of the subscription, for whoever reads.</param>
/// <param name="mayRepeatMarkers">A lane that drops ticks may drop the only one between two markers, and tells both.</param>
internal sealed class Ledger(World world, MarketStream stream, int subscription, bool mayRepeatMarkers = false)
{
    private long _last;
    private long _confirmed = long.MaxValue;
    private bool _isGapMarked;
    private GapCause _cause;
    private long _lost;

    public MarketStream Stream => stream;

    /// <summary>Whether nobody could know that these ticks had been published.</summary>
    public Func<long, long, bool> IsUnnoticeable { get; init; } = static (_, _) => false;

    /// <summary>Whether handlers must not be called any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether everything that was published has come or is announced as missing; true as long as nothing had been confirmed.</summary>
    public bool IsUpToDate => _confirmed == long.MaxValue || _last == stream.Count || stream.Count <= _confirmed;

    public long Last => _last;

    /// <summary>The user has been told that the subscription stands: from the venue's next tick on all count.</summary>
    public void Confirm() => _confirmed = stream.Count;

    public void OnTick(long index)
    {
        world.Totals.Ticks++;
        world.Trace.Note("tick", subscription, index, stream.Name);
        if (IsClosed)
        {
            Violate("late callback", $"tick {index} after the end");
            return;
        }

        if (index <= _last)
        {
            _isGapMarked = false;
            world.Totals.Duplicates++;
            Violate("duplicate", $"tick {index} after tick {_last}");
            return;
        }

        long due = long.Max(_last, _confirmed == long.MaxValue ? index - 1 : _confirmed) + 1;
        if (_isGapMarked)
        {
            world.Totals.NeedlessGaps += due < index ? 0 : 1;
            CheckLost(index - _last - 1);
        }
        else if (due < index && ((stream.HasChain && _last > 0) || !IsUnnoticeable(due, index - 1)))
        {
            world.Totals.SilentGaps++;
            Violate("silent gap", $"ticks {due} to {index - 1} of {stream.Count} never came");
        }

        _isGapMarked = false;
        _last = index;
    }

    public void OnGap(in Gap gap)
    {
        world.Totals.Gaps++;
        world.Trace.Note("gap", subscription, (long)gap.Cause, stream.Name);
        if (IsClosed)
        {
            Violate("late callback", "a gap marker after the end");
        }
        else if (_isGapMarked && _cause == gap.Cause && !mayRepeatMarkers)
        {
            // A lane that was full across a reconnect has lost ticks for two reasons, and says both.
            Violate("two markers", $"two gap markers after tick {_last}");
        }

        _isGapMarked = true;
        _cause = gap.Cause;
        _lost = gap.Lost;
    }

    /// <summary>A marker that says how many are lost must be right. Trades are numbered one by one, so there it can be exact; elsewhere only "none" is a claim about ticks.</summary>
    private void CheckLost(long missing)
    {
        bool isExact = stream.IsContiguous || _cause == GapCause.SlowConsumer;
        if (_last > 0 && (_lost == 0 || (_lost > 0 && isExact)) && _lost != missing && !mayRepeatMarkers)
        {
            Violate("wrong count", $"{missing} ticks are missing after tick {_last}; the marker ({_cause}) says {_lost}");
        }
    }

    private void Violate(string rule, string what) => world.Violate(rule, $"subscription {subscription}, {stream.Name}: {what}");
}
