using BenchmarkDotNet.Attributes;
using PerfConn.Diagnostics;

namespace PerfConn.Benchmarks.Diagnostics;

/// <summary>Recording latencies spread over six powers of ten. Times are for one value.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private const int Count = 4096;

    private readonly LogLinearHistogram _histogram = new();
    private readonly long[] _values = new long[Count];

    [GlobalSetup]
    public void Setup()
    {
        ulong state = 1;
        for (int i = 0; i < Count; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            _values[i] = (long)(state >> 44) >> (int)(state >> 20 & 15);
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Record()
    {
        foreach (long value in _values)
        {
            _histogram.Record(value);
        }
    }

    [Benchmark]
    public long Percentile() => _histogram.Percentile(99);
}
