using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Connections;

namespace PerfConn.Tool.Running;

/// <summary>
/// Takes a line's counters on its own receive loop, between two ticks: only there do they agree with one another while data is flowing, and only
/// there can a number of messages be met exactly. A tick pays one increment and one comparison.
/// </summary>
/// <param name="time">The clock of the samples.</param>
/// <param name="frames">
/// Number of data messages to meet from the first on; null for none yet. Given here it is met however fast they come: asked for later, it may have passed.
/// </param>
internal sealed class LineProbe(TimeProvider time, long? frames = null)
{
    private const int Idle = 0;
    private const int Taking = 1;
    private const int Taken = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    private readonly ManualResetEventSlim _isTaken = new();
    private readonly ManualResetEventSlim _isAttached = new();
    private Line? _line;
    private long _ticks;
    private long _threshold = frames is { } target ? Halfway(target) : long.MaxValue;
    private long _frames = frames ?? 0;
    private int _state;
    private LineSample _sample;

    /// <summary>Set whenever a sample has been taken by the receive loop: wakes whoever watches.</summary>
    public EventWaitHandle? Wake { get; set; }

    /// <summary>Names the line that this probe sits in; it opens after its handler was made.</summary>
    public void Attach(Line line)
    {
        Volatile.Write(ref _line, line);
        _isAttached.Set();
    }

    /// <summary>A tick is being delivered. By the receive loop, before the tick is handled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void OnTick()
    {
        if (++_ticks >= Volatile.Read(ref _threshold))
        {
            OnThreshold();
        }
    }

    /// <summary>
    /// Has the sample taken when the line has received this many data messages. Call it again now and then: acknowledgements are messages too and
    /// come without a tick. True when it has been taken.
    /// </summary>
    public bool Await(long frames)
    {
        // Ticks before frames: a threshold that is too low is raised by the receive loop, one that is too high would be noticed too late.
        long ticks = Volatile.Read(ref _ticks);
        Line line = _line!;
        LineStatistics statistics = line.Statistics;
        Volatile.Write(ref _frames, frames);
        if (statistics.Frames >= frames)
        {
            Take(statistics);
        }
        else
        {
            Volatile.Write(ref _threshold, ticks + Halfway(frames - statistics.Frames));
        }

        return Volatile.Read(ref _state) == Taken;
    }

    /// <summary>The sample that has been taken; else one at the next tick, or right now if there is none for a while.</summary>
    public LineSample Take()
    {
        Volatile.Write(ref _frames, 0);
        Volatile.Write(ref _threshold, 0);
        if (!_isTaken.Wait(s_patience))
        {
            Take(_line!.Statistics);
            _isTaken.Wait();
        }

        return _sample;
    }

    /// <summary>Makes ready for the next sample.</summary>
    public void StartOver()
    {
        Volatile.Write(ref _threshold, long.MaxValue);
        _isTaken.Reset();
        Volatile.Write(ref _state, Idle);
    }

    /// <summary>
    /// Ticks until the next look at the count. Not all that are missing: an acknowledgement among them would be one message too many.
    /// </summary>
    private static long Halfway(long missing) => (missing + 1) / 2;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnThreshold()
    {
        if (Volatile.Read(ref _state) != Idle)
        {
            return;
        }

        // The first ticks may be here before the line has been named. It will be at once, and until then the count must not run on.
        _isAttached.Wait();
        LineStatistics statistics = _line!.Statistics;
        long missing = Volatile.Read(ref _frames) - statistics.Frames;
        if (missing > 0)
        {
            Volatile.Write(ref _threshold, _ticks + Halfway(missing));
            return;
        }

        Take(statistics);
        Wake?.Set();
    }

    /// <summary>The first one wins; whoever comes later finds the sample taken.</summary>
    private void Take(in LineStatistics statistics)
    {
        if (Interlocked.CompareExchange(ref _state, Taking, Idle) == Idle)
        {
            _sample = new LineSample(statistics, time.GetTimestamp());
            Volatile.Write(ref _state, Taken);
            Volatile.Write(ref _threshold, long.MaxValue);
            _isTaken.Set();
        }
    }
}
