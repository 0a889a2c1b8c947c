using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.SimulationTests.Time;

/// <summary>A timer of the code under test.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private VirtualEvent? _event;
    private TimeSpan _period;
    private bool _isDisposed;

    /// <summary>Where it was made, if anybody wants to know.</summary>
    public string Origin { get; init; } = "";

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed)
        {
            return false;
        }

        Unset();
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _event = time.SetTimer(this, dueTime, Fire);
        }

        return true;
    }

    public void Dispose()
    {
        Unset();
        _isDisposed = true;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Fire()
    {
        Unset();
        if (_period > TimeSpan.Zero)
        {
            _event = time.SetTimer(this, _period, Fire);
        }

        callback(state);
    }

    private void Unset()
    {
        if (_event is not null)
        {
            _event.Cancel();
            _event = null;
            time.OnTimerUnset(this);
        }
    }
}
