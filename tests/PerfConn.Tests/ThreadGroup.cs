using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace PerfConn.Tests;

/// <summary>Threads that start together; a failure in any of them is the test's failure.</summary>
internal sealed class ThreadGroup
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _start = new();
    private ExceptionDispatchInfo? _failure;

    public void Add(Action action) => _threads.Add(new Thread(() => Run(action)) { IsBackground = true });

    public void Run()
    {
        _threads.ForEach(thread => thread.Start());
        _start.Set();
        foreach (Thread thread in _threads)
        {
            if (!thread.Join(s_deadline))
            {
                Volatile.Read(ref _failure)?.Throw();
                throw new TimeoutException("A thread of the test did not end.");
            }
        }

        _failure?.Throw();
    }

    private void Run(Action action)
    {
        try
        {
            _start.Wait();
            action();
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }
}
