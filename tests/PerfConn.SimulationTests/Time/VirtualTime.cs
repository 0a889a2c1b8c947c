using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.SimulationTests.Time;

/// <summary>
/// The time of one history: a queue of everything that is going to happen, in order of when. Nothing else makes time pass. Timers of the code under test stand in the
/// same queue as deliveries, faults and users' calls.
/// </summary>
/// <remarks>Used by one thread: the pool has no other.</remarks>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<VirtualEvent, (long Due, long Order)> _queue = new();
    private long _now = TimeSpan.TicksPerDay;
    private TimeSpan _wallStep;
    private readonly HashSet<VirtualTimer> _timers = [];
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are set.</summary>
    public int ActiveTimers => _timers.Count;

    /// <summary>Whether to remember where timers were made, for whoever has to find one that was left.</summary>
    public bool RemembersOrigins { get; set; }

    /// <summary>Where the timers that are set were made.</summary>
    public IEnumerable<string> Origins
    {
        get
        {
            foreach (VirtualTimer timer in _timers)
            {
                yield return timer.Origin;
            }
        }
    }

    /// <summary>How late a timer fires, as on a machine that is busy; null for punctual ones.</summary>
    public Func<TimeSpan>? Lateness { get; set; }

    /// <summary>Virtual time since the history began.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_now - TimeSpan.TicksPerDay);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => s_start + Elapsed + _wallStep;

    /// <summary>Somebody sets the wall clock. No time passes.</summary>
    public void StepWallClock(TimeSpan by) => _wallStep += by;

    /// <summary>Time passes and nothing happens: what was due meanwhile is late.</summary>
    public void Jump(TimeSpan by) => _now += by.Ticks;

    public VirtualEvent Schedule(TimeSpan after, Action action)
    {
        var scheduled = new VirtualEvent(action) { Due = _now + Math.Max(0, after.Ticks) };
        _queue.Enqueue(scheduled, (scheduled.Due, ++_order));
        return scheduled;
    }

    /// <summary>When the next event is due; null when there is none.</summary>
    public TimeSpan? NextIn()
    {
        while (_queue.TryPeek(out VirtualEvent? next, out _))
        {
            if (next.Action is not null)
            {
                return TimeSpan.FromTicks(Math.Max(0, next.Due - _now));
            }

            _queue.Dequeue();
        }

        return null;
    }

    /// <summary>Takes the next event and makes it now.</summary>
    public Action Take()
    {
        VirtualEvent next = _queue.Dequeue();
        _now = Math.Max(_now, next.Due);
        Action action = next.Action!;
        next.Cancel();
        return action;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state) { Origin = RemembersOrigins ? Environment.StackTrace : "" };
        timer.Change(dueTime, period);
        return timer;
    }

    internal VirtualEvent SetTimer(VirtualTimer timer, TimeSpan due, Action fire)
    {
        _timers.Add(timer);
        return Schedule(due + (Lateness?.Invoke() ?? TimeSpan.Zero), fire);
    }

    internal void OnTimerUnset(VirtualTimer timer) => _timers.Remove(timer);
}
