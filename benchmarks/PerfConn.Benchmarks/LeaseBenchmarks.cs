using System;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PerfConn.Buffers;

namespace PerfConn.Benchmarks;

/// <summary>
/// What it costs to keep a payload: a copy of its bytes, a lease on its block, a pooled copy with a lease. Once on one thread, and once while another thread takes and releases
/// leases on the same block, as the reader of a lane does. Times are for one payload.
/// </summary>
[MemoryDiagnoser]
public class LeaseBenchmarks
{
    private const int Count = 1000;

    private readonly BlockPool _pool = new() { TracksLeases = false };
    private readonly byte[] _place = new byte[16 * 1024];
    private PinnedBlock _block = null!;
    private CopyingLeaseSource _copies = null!;
    private Thread? _other;
    private bool _stop;

    /// <summary>Bytes of the payload.</summary>
    [Params(110, 400, 4000)]
    public int Size { get; set; }

    /// <summary>Whether another thread works on the same block's references.</summary>
    [Params(false, true)]
    public bool Contended { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _block = _pool.Rent();
        _copies = new CopyingLeaseSource(_pool);
        if (Contended)
        {
            _other = new Thread(() =>
            {
                while (!Volatile.Read(ref _stop))
                {
                    Take();
                }
            });
            _other.Start();
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Volatile.Write(ref _stop, true);
        _other?.Join();
        _copies.Trim();
        _block.Release();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public void Copy()
    {
        for (int i = 0; i < Count; i++)
        {
            _block.Array.AsSpan(i, Size).CopyTo(_place.AsSpan((i & 3) * 4096));
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Lease()
    {
        for (int i = 0; i < Count; i++)
        {
            Take();
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void PooledCopy()
    {
        for (int i = 0; i < Count; i++)
        {
            if (_copies.TryLease(_block.Array.AsSpan(i, Size), out FrameLease lease))
            {
                lease.Dispose();
            }
        }
    }

    private void Take()
    {
        if (_block.TryLease(_block.Array.AsSpan(0, Size), out FrameLease lease))
        {
            lease.Dispose();
        }
    }
}
