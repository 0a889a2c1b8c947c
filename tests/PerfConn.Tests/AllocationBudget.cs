using System;
using Xunit;

namespace PerfConn.Tests;

/// <summary>Exact allocation budgets: bytes that this thread allocated, not an estimate.</summary>
internal static class AllocationBudget
{
    /// <summary>Runs an action twice, the first time to warm up, and asserts that the second run allocated nothing.</summary>
    public static void AssertZero(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
    }
}
