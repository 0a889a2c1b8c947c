using System;
using Xunit;

namespace PerfConn.Tests;

/// <summary>Exact allocation budgets: bytes that this thread allocated, not an estimate.</summary>
internal static class AllocationBudget
{
    /// <summary>What a thread's counter may be wrong by: a collection that another thread brings about counts the rest of this one's allocation window as used.</summary>
    public const int Window = 8 * 1024;

    private const int Attempts = 3;

    /// <summary>Runs an action, the first time to warm up, and asserts that it allocates nothing.</summary>
    public static void AssertZero(Action action) => Assert.Equal(0, Least(action));

    /// <summary>
    /// Runs an action, the first time to warm up, and tells what it allocates. The best of three runs: once in a while the runtime allocates 56 or 88 bytes of its own on a thread,
    /// or counts too much (<see cref="Window"/>), in one of them; what the action allocates it allocates in all.
    /// </summary>
    public static long Least(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
