using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Protocol;
using PerfConn.Resilience;

namespace PerfConn.Subscriptions;

/// <summary>
/// Keeps what a line sends within the venue's rolling window, or several at once. Requests wait their turn in order; a line's leave one place free: a pong takes
/// its place without waiting, because a venue cuts whoever owes it one.
/// </summary>
/// <remarks>Thread-safe. A line's lives as long as one session: a new connection starts with an empty window at the venue too. A budget's lives over them.</remarks>
internal sealed class RequestPacer
{
    private const int ReservedForControl = 1;

    /// <summary>What has been sent. It is the lock too.</summary>
    private readonly RollingWindow _window;
    private readonly RollingWindow[] _others = [];
    private readonly int _reserved;
    private readonly TimeProvider _time;

    /// <summary>Who waits in order. Made by the first request, for many lines never send one: 112 bytes.</summary>
    private SemaphoreSlim? _turn;

    public RequestPacer(VenueLimits limits, TimeProvider time)
    {
        _time = time;
        double seconds = (limits.MessageWindow + limits.WindowMargin).TotalSeconds;
        _window = new RollingWindow(limits.MessagesPerWindow, (long)(seconds * time.TimestampFrequency));
        _reserved = ReservedForControl;
    }

    /// <summary>Makes a pacer for windows that hold requests only; a request takes a place in each.</summary>
    public RequestPacer(ReadOnlySpan<(int Limit, TimeSpan Length)> windows, TimeProvider time)
    {
        _time = time;
        _window = WindowOf(windows[0], time);
        _others = new RollingWindow[windows.Length - 1];
        for (int i = 1; i < windows.Length; i++)
        {
            _others[i - 1] = WindowOf(windows[i], time);
        }
    }

    /// <summary>Waits until a request may be sent, and takes its place.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        SemaphoreSlim turn = Turn();
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                long ticks = TakeOrDelay();
                if (ticks == 0)
                {
                    return;
                }

                // Rounded up to a millisecond: a timer that fires early would only wait again.
                double milliseconds = Math.Ceiling(ticks * 1000.0 / _time.TimestampFrequency);
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Counts a control frame, which does not wait.</summary>
    public void RecordControl()
    {
        lock (_window)
        {
            _window.Record(_time.GetTimestamp());
        }
    }

    private SemaphoreSlim Turn()
    {
        lock (_window)
        {
            return _turn ??= new SemaphoreSlim(1, 1);
        }
    }

    private long TakeOrDelay()
    {
        lock (_window)
        {
            long now = _time.GetTimestamp();
            long delay = _window.DelayUntilFree(now, _reserved);
            foreach (RollingWindow other in _others)
            {
                delay = Math.Max(delay, other.DelayUntilFree(now));
            }

            if (delay == 0)
            {
                _window.Record(now);
                foreach (RollingWindow other in _others)
                {
                    other.Record(now);
                }
            }

            return delay;
        }
    }

    private static RollingWindow WindowOf((int Limit, TimeSpan Length) window, TimeProvider time) =>
        new(window.Limit, Math.Max(1, (long)(window.Length.TotalSeconds * time.TimestampFrequency)));
}
