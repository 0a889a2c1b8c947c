using System;
using System.Runtime.CompilerServices;

namespace PerfConn.Diagnostics;

/// <summary>The stamps of one thread. It counts twice, because a tick's parsing and its handling may belong to different threads and to different samples.</summary>
/// <remarks>Used by one thread at a time; allocates nothing once made.</remarks>
internal sealed class StageRecorder(int sampleEvery, TimeProvider time)
{
    private readonly double _nanosecondsPerTick = 1e9 / time.TimestampFrequency;
    private int _untilParsed = 1;
    private int _untilHandled = 1;

    public LogLinearHistogram Parsed { get; } = new();

    public LogLinearHistogram Dispatched { get; } = new();

    public LogLinearHistogram Handled { get; } = new();

    /// <summary>Whether this tick's parsing is to be recorded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsParsedDue() => --_untilParsed == 0;

    /// <summary>Whether this tick's handling is to be recorded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsHandledDue() => --_untilHandled == 0;

    public long Now() => time.GetTimestamp();

    public void RecordParsed(long read)
    {
        _untilParsed = sampleEvery;
        Parsed.Record(Nanoseconds(read, Now()));
    }

    public void RecordHandled(long read, long dispatched)
    {
        _untilHandled = sampleEvery;
        Dispatched.Record(Nanoseconds(read, dispatched));
        Handled.Record(Nanoseconds(read, Now()));
    }

    private long Nanoseconds(long from, long to) => (long)((to - from) * _nanosecondsPerTick);
}
