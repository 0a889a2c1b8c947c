using System;

namespace PerfConn.Lab.Contestants;

/// <summary>What the process holds after a full collection.</summary>
/// <param name="Managed">Bytes of live objects.</param>
/// <param name="Resident">Bytes of the process in memory.</param>
internal readonly record struct MemoryUse(long Managed, long Resident)
{
    public static MemoryUse Now()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        return new MemoryUse(managed, Environment.WorkingSet);
    }
}
