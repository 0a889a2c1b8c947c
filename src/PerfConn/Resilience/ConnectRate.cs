using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Resilience;

/// <summary>
/// A venue's bound on new connections, such as Binance's 300 in 5 minutes from one address: an exact rolling window that all lines share. Who has to wait waits first come,
/// first served. Beyond the first four, lines that come back keep an even distance (window / connects), so that a crowd does not return in one burst; lines that are opened for
/// the first time need only a place in the window.
/// </summary>
/// <remarks>Thread-safe. One object for each address that the venue counts by; give it to all lines (<c>LineOptions.ConnectRate</c>). A place that is free at once costs no allocation.</remarks>
public sealed class ConnectRate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly TimeProvider _time;
    private readonly ConnectPacing _pacing;
    private readonly long _start;
    private ITimer? _timer;

    /// <summary>Makes a rate.</summary>
    /// <param name="connects">Connections that may begin in any <paramref name="window"/>; at least 1.</param>
    /// <param name="window">The window, at least 1 ms.</param>
    /// <param name="margin">
    /// Added to the window: what left in time arrives closer together when the network delays the first more than the last. Default: null, a hundredth of the window and at most 1 s.
    /// </param>
    /// <param name="time">Where time comes from; null for the system.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public ConnectRate(int connects, TimeSpan window, TimeSpan? margin = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(connects, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(margin ?? TimeSpan.Zero, TimeSpan.Zero, nameof(margin));
        TimeSpan hundredth = window / 100;
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _pacing = new ConnectPacing(connects, (window + (margin ?? (hundredth < TimeSpan.FromSeconds(1) ? hundredth : TimeSpan.FromSeconds(1)))).Ticks);
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    private long Now => _time.GetElapsedTime(_start).Ticks;

    /// <summary>Waits until a connection may begin, and takes its place. A wait that is cancelled takes none.</summary>
    /// <param name="isReconnect">Whether it is one of those that come back.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    public ValueTask WaitAsync(bool isReconnect, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Waiter waiter;
        lock (_lock)
        {
            long now = Now;
            if (_waiters.Count == 0 && _pacing.Delay(now, isReconnect) == 0)
            {
                _pacing.Take(now, isReconnect);
                return default;
            }

            waiter = new Waiter(isReconnect);
            waiter.Node = _waiters.AddLast(waiter);
            if (_waiters.Count == 1)
            {
                Arm(now);
            }
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).TrySetCanceled(token), waiter).ConfigureAwait(false))
        {
            try
            {
                await waiter.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Leave(waiter);
                throw;
            }
        }
    }

    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node is { List: not null } node)
            {
                bool wasFirst = node.Previous is null;
                _waiters.Remove(node);
                if (wasFirst && _waiters.Count > 0)
                {
                    Arm(Now);
                }
            }
        }
    }

    /// <summary>Sets the timer to when the first in the queue may begin, which may be now.</summary>
    private void Arm(long now)
    {
        // Rounded up to a millisecond: a timer that fires early would only wait again.
        long milliseconds = (_pacing.Delay(now, _waiters.First!.Value.IsReconnect) + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        var due = TimeSpan.FromMilliseconds(milliseconds);
        _timer ??= _time.CreateTimer(static state => ((ConnectRate)state!).Admit(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Admit()
    {
        lock (_lock)
        {
            long now = Now;
            while (_waiters.First is { } first)
            {
                if (_pacing.Delay(now, first.Value.IsReconnect) > 0)
                {
                    Arm(now);
                    return;
                }

                // One that has been cancelled and not yet left takes no place. Continuations run elsewhere, never under this lock.
                _waiters.Remove(first);
                if (first.Value.TrySetResult())
                {
                    _pacing.Take(now, first.Value.IsReconnect);
                }
            }
        }
    }

    private sealed class Waiter(bool isReconnect) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool IsReconnect { get; } = isReconnect;

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
