using System;

namespace PerfConn.Tool.Running;

/// <summary>
/// What the process allocates besides the thread that asks: the tick path's share, when the asking thread is the one that draws the table. Started
/// and read on the same thread.
/// </summary>
internal readonly struct AllocationMeter
{
    private readonly long _process;
    private readonly long _thread;

    private AllocationMeter(long process, long thread)
    {
        _process = process;
        _thread = thread;
    }

    public static AllocationMeter Start()
    {
        long process = GC.GetTotalAllocatedBytes(precise: true);
        return new AllocationMeter(process, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Bytes allocated since the start by all other threads.</summary>
    public long Read()
    {
        AllocationMeter now = Start();
        return Math.Max(0, now._process - _process - (now._thread - _thread));
    }
}
