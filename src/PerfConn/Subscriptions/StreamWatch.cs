using System;
using System.Diagnostics;

namespace PerfConn.Subscriptions;

/// <summary>
/// The pure core of data liveness, for one stream: times in, the step of repair that is due out. Whose fault the silence may be is the caller's to say: silence that is excused
/// does not count.
/// </summary>
/// <remarks>Not thread-safe. Times are monotonic.</remarks>
internal sealed class StreamWatch(DataExpectation expectation)
{
    private TimeSpan? _watchedSince;
    private TimeSpan? _confirmedSince;
    private TimeSpan _silentSince;
    private TimeSpan _longest;

    public DataExpectation Expectation { get; } = expectation;

    /// <summary>The last step that was due; none as soon as the stream ticks.</summary>
    public StaleStep Step { get; private set; }

    /// <summary>How long the stream may be silent, as far as is known now.</summary>
    public TimeSpan Limit(TimeSpan now)
    {
        if (!Expectation.IsLearned || _watchedSince is not { } since || now - since < Expectation.LearnFor)
        {
            return Expectation.Limit;
        }

        TimeSpan learnt = _longest * Expectation.Factor;
        learnt = learnt < Expectation.Floor ? Expectation.Floor : learnt;
        return learnt < Expectation.Limit ? learnt : Expectation.Limit;
    }

    /// <summary>The stream is not confirmed at the moment, so nothing is expected of it.</summary>
    public void OnUnconfirmed() => _confirmedSince = null;

    /// <summary>Looks at a stream that is confirmed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lastTick">When it ticked last; null for never.</param>
    /// <param name="isExcused">Whether this side has slept, or is holding up the line, so that the silence up to now is its own.</param>
    /// <returns>The step that is due now; <see cref="StaleStep.None"/> when none is.</returns>
    public StaleStep Look(TimeSpan now, TimeSpan? lastTick, bool isExcused)
    {
        Debug.Assert(lastTick is null || lastTick <= now, "a tick is not in the future");
        _watchedSince ??= now;
        _confirmedSince ??= now;
        TimeSpan from = isExcused ? now : _confirmedSince.Value;
        _silentSince = _silentSince < from ? from : _silentSince;
        if (lastTick is { } tick && tick >= _silentSince)
        {
            _silentSince = tick;
            Step = StaleStep.None;
        }

        TimeSpan silence = now - _silentSince;
        if (silence < Limit(now))
        {
            // What goes on for too long teaches nothing about what is usual.
            _longest = silence > _longest ? silence : _longest;
            return StaleStep.None;
        }

        // The next step is due when this one has had as long to help.
        _silentSince = now;
        Step = Step == StaleStep.OtherEndpoint ? StaleStep.Reconnect : Step + 1;
        return Step;
    }
}
