using System;
using System.Threading.Channels;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using PerfConn.Dispatch;

namespace PerfConn.Benchmarks;

/// <summary>
/// Ticks of 110 B through a lane to another thread, from a source in memory, until the handler has had all that it gets. Times are for one tick; bytes are those of both threads.
/// The channels are the rejected variant.
/// </summary>
[MemoryDiagnoser]
public class LaneBenchmarks
{
    private const int Rounds = 500;
    private const int Ticks = Rounds * LaneSource.Count;

    private readonly LaneSource _source = new();

    [GlobalCleanup]
    public void Cleanup() => _source.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Ticks)]
    public Task ChannelOfLeasesWait() => PourAsync(new LaneChannel<LaneSink>(new LaneSink(), Delivery.DefaultLaneCapacity, BoundedChannelFullMode.Wait));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task ChannelOfLeasesDropOldest() =>
        PourAsync(new LaneChannel<LaneSink>(new LaneSink(), Delivery.DefaultLaneCapacity, BoundedChannelFullMode.DropOldest));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task Wait() => PourAsync(Delivery.Lane(policy: LanePolicy.Wait));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task WaitOnThread() => PourAsync(Delivery.Lane(policy: LanePolicy.Wait, wait: LaneWait.Thread));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task WaitAllLeased() => PourAsync(Delivery.Lane(policy: LanePolicy.Wait) with { CopyLimit = 0 });

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task DropOldest() => PourAsync(Delivery.Lane());

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task DropOldestOnThread() => PourAsync(Delivery.Lane(wait: LaneWait.Thread));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task DropOldestSpinning() => PourAsync(Delivery.Lane(wait: LaneWait.Spin()));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task DropNewest() => PourAsync(Delivery.Lane(policy: LanePolicy.DropNewest));

    [Benchmark(OperationsPerInvoke = Ticks)]
    public Task Conflate() => PourAsync(Delivery.Conflate());

    private Task PourAsync(Delivery delivery) => PourAsync(new TickLane<LaneSink>(new LaneSink(), delivery));

    private async Task PourAsync<TLane>(TLane lane)
        where TLane : ITickHandler, IAsyncDisposable
    {
        for (int i = 0; i < Rounds; i++)
        {
            _source.Pour(ref lane, 1);
        }

        await lane.DisposeAsync();
    }
}
