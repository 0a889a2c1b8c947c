using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Simulator.Listening;

/// <summary>Starts tasks and remembers them, so that a stop can wait for all of them, those included that they start meanwhile.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TaskTracker
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private bool _isClosed;

    /// <summary>Starts a task on the thread pool. False once all has been waited for.</summary>
    public bool TryRun(Func<Task> start, out Task task)
    {
        lock (_lock)
        {
            task = Task.CompletedTask;
            if (!_isClosed)
            {
                task = Task.Run(start);
                _running.Add(task);
                _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return !_isClosed;
        }
    }

    /// <summary>Waits until nothing runs; from then on nothing is started.</summary>
    public async Task CloseAsync()
    {
        while (TryGetRunning(out Task running))
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TryGetRunning(out Task running)
    {
        lock (_lock)
        {
            _running.RemoveWhere(static task => task.IsCompleted);
            _isClosed = _running.Count == 0;
            running = Task.WhenAll(_running);
            return !_isClosed;
        }
    }

    private void Forget(Task task)
    {
        // Looked at, so that a task that somebody else's transport made fail does not come up as unobserved.
        _ = task.Exception;
        lock (_lock)
        {
            _running.Remove(task);
        }
    }
}
