using System;
using PerfConn.Diagnostics;

namespace PerfConn.Feeds.Legs;

/// <summary>What one leg is worth: how often it was first, and how far it is behind when it is not. Guarded by the set's lock.</summary>
internal sealed class LegMeter(long frequency)
{
    private readonly LogLinearHistogram _lags = new();
    private long _wins;
    private long _repeats;

    public void OnWin() => _wins++;

    /// <param name="lag">How long after the first, in timestamp ticks; negative when that is not known any more.</param>
    public void OnRepeat(long lag)
    {
        _repeats++;
        if (lag >= 0)
        {
            _lags.Record(lag);
        }
    }

    public (long Wins, long Repeats, TimeSpan MedianLag, long Samples) Read(bool startsOver)
    {
        TimeSpan median = _lags.Count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)_lags.Percentile(50) / frequency);
        (long, long, TimeSpan, long) figures = (_wins, _repeats, median, _lags.Count);
        if (startsOver)
        {
            _lags.Reset();
        }

        return figures;
    }
}
