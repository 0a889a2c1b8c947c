using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;

namespace PerfConn.Connections.Managing;

/// <summary>
/// What waits for one subscriber, bounded. It is read in the order in which it was written. When it is full the least important goes, the oldest of that first, and is counted:
/// whoever writes never waits for whoever reads.
/// </summary>
/// <remarks>Thread-safe for any number of writers and one reader. No channel: a bounded one drops by age alone, and its cancellable read loses items (see the ban list).</remarks>
internal sealed class EventBuffer<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Number, T Item)>[] _byPriority = [new(), new(), new()];
    private readonly int _capacity;
    private TaskCompletionSource? _waiter;
    private Exception? _error;
    private long _number;
    private long _lost;
    private int _count;
    private bool _isComplete;

    /// <param name="capacity">Items that may wait, from 1.</param>
    public EventBuffer(int capacity) => _capacity = capacity;

    /// <summary>Writes an item; gives how many were dropped for it, itself perhaps: 0 or 1.</summary>
    public int Add(T item, EventPriority priority)
    {
        TaskCompletionSource? waiter;
        int dropped = 0;
        lock (_lock)
        {
            if (_isComplete)
            {
                return 0;
            }

            if (_count == _capacity)
            {
                dropped = 1;
                _lost++;
                if (!TryDropBelow(priority))
                {
                    return dropped;
                }
            }

            _byPriority[(int)priority].Enqueue((_number++, item));
            _count++;
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
        return dropped;
    }

    /// <summary>Takes the oldest item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="lost">Items dropped since the last one was taken.</param>
    public bool TryTake([MaybeNullWhen(false)] out T item, out long lost)
    {
        lock (_lock)
        {
            Queue<(long Number, T Item)>? oldest = null;
            foreach (Queue<(long Number, T Item)> queue in _byPriority)
            {
                if (queue.Count > 0 && (oldest is null || queue.Peek().Number < oldest.Peek().Number))
                {
                    oldest = queue;
                }
            }

            lost = oldest is null ? 0 : _lost;
            if (oldest is null)
            {
                item = default;
                return false;
            }

            _lost = 0;
            _count--;
            item = oldest.Dequeue().Item;
            return true;
        }
    }

    /// <summary>Waits until there is something to take; false when nothing will ever be. Cancelling loses nothing: it takes nothing.</summary>
    /// <exception cref="Exception">What the buffer was completed with, once it is empty.</exception>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task written;
            lock (_lock)
            {
                if (_count > 0)
                {
                    return true;
                }

                if (_isComplete)
                {
                    return _error is null ? false : throw _error;
                }

                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                written = _waiter.Task;
            }

            await written.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing more will be written. What waits can still be taken.</summary>
    public void Complete(Exception? error = null)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            if (_isComplete)
            {
                return;
            }

            _isComplete = true;
            _error = error;
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Makes room by the oldest item of the least importance; false when all that waits matters more than what comes.</summary>
    private bool TryDropBelow(EventPriority priority)
    {
        for (int i = 0; i <= (int)priority; i++)
        {
            if (_byPriority[i].TryDequeue(out _))
            {
                _count--;
                return true;
            }
        }

        return false;
    }
}
