using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace PerfConn.Tests;

/// <summary>
/// Time that passes when the test says so. Timers fire inside <see cref="Advance"/>, in order of their due time; the wall clock can be stepped without
/// any time passing.
/// </summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _now = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _wall;
        }
    }

    /// <summary>Timers waiting, for tests that have to know that somebody has begun to wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>How long it is until the next of them is due; null without any.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count == 0 ? null : new TimeSpan(_timers.Min(static timer => timer.Due) - GetTimestamp());
            }
        }
    }

    public void StepWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wall += by;
        }
    }

    public void Advance(TimeSpan by)
    {
        long end = GetTimestamp() + by.Ticks;
        while (TakeDue(end) is { } due)
        {
            due.Fire();
        }

        MoveTo(end);
    }

    /// <summary>Time passes while nobody runs: what was due meanwhile fires late, when it is over.</summary>
    public void Sleep(TimeSpan by)
    {
        MoveTo(GetTimestamp() + by.Ticks);
        Advance(TimeSpan.Zero);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(long time)
    {
        lock (_lock)
        {
            _wall += TimeSpan.FromTicks(time - _now);
            Volatile.Write(ref _now, time);
        }
    }

    private ManualTimer? TakeDue(long end)
    {
        ManualTimer? first = null;
        lock (_lock)
        {
            foreach (ManualTimer timer in _timers)
            {
                if (timer.Due <= end && (first is null || timer.Due < first.Due))
                {
                    first = timer;
                }
            }

            if (first is null)
            {
                return null;
            }

            _timers.Remove(first);
        }

        MoveTo(Math.Max(first.Due, GetTimestamp()));
        return first;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Due { get; private set; }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = owner._now + dueTime.Ticks;
                    owner._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public System.Threading.Tasks.ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
