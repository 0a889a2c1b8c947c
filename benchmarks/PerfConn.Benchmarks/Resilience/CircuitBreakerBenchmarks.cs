using System;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PerfConn.Resilience;

namespace PerfConn.Benchmarks.Resilience;

/// <summary>A circuit breaker around nothing at all. Times are for one try: leave and report.</summary>
[MemoryDiagnoser]
public class CircuitBreakerBenchmarks
{
    private const int Count = 1024;

    private readonly CircuitBreaker _closed = new();
    private readonly CircuitBreaker _open = new(new CircuitBreakerOptions { FailureThreshold = 1, Recovery = TimeSpan.FromDays(1) });
    private readonly Lock _lock = new();
    private int _failures;

    [GlobalSetup]
    public void Setup()
    {
        _open.TryEnter(out CircuitPermit permit);
        _open.OnFailure(permit);
    }

    /// <summary>The path of nearly every try.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Closed()
    {
        int entered = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_closed.TryEnter(out CircuitPermit permit))
            {
                entered++;
                _closed.OnSuccess(permit);
            }
        }

        return entered;
    }

    /// <summary>A failure and the success that wipes it out: two tries, two exchanges, one look at the clock.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void FailureAndSuccess()
    {
        for (int i = 0; i < Count; i++)
        {
            _closed.TryEnter(out CircuitPermit permit);
            _closed.OnFailure(permit);
            _closed.TryEnter(out permit);
            _closed.OnSuccess(permit);
        }
    }

    /// <summary>What an open circuit costs those that it keeps out: a look at the clock.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Refused()
    {
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            refused += _open.TryEnter(out _) ? 0 : 1;
        }

        return refused;
    }

    /// <summary>The same two calls where a lock guards a counter: what is saved by the word.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Locked()
    {
        int entered = 0;
        for (int i = 0; i < Count; i++)
        {
            lock (_lock)
            {
                entered += _failures < 5 ? 1 : 0;
            }

            lock (_lock)
            {
                _failures = 0;
            }
        }

        return entered;
    }
}
