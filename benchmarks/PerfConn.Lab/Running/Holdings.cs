using System;
using System.Diagnostics;

namespace PerfConn.Lab.Running;

/// <summary>What a process holds.</summary>
/// <param name="Managed">Bytes of live objects after a full collection.</param>
/// <param name="Resident">Bytes in memory.</param>
/// <param name="Handles">Open files, sockets among them.</param>
/// <param name="Threads">Threads.</param>
internal sealed record Holdings(double Managed, double Resident, double Handles, double Threads)
{
    public static Holdings Now()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        return new Holdings(managed, self.WorkingSet64, self.HandleCount, self.Threads.Count);
    }
}
