using System;
using System.Runtime.InteropServices;

namespace PerfConn.Connections;

/// <summary>Binds the calling thread to one processor (sched_setaffinity(2), Linux).</summary>
internal static partial class ThreadAffinity
{
    /// <summary>Highest number that fits the set which the kernel is given.</summary>
    public const int MaxProcessor = (Words * 64) - 1;

    private const int Words = 16;

    /// <summary>Binds it. False, and the thread as it was, when the system cannot or there is no such processor for this process.</summary>
    public static bool TryBind(int processor)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<ulong> set = stackalloc ulong[Words];
        set.Clear();
        set[processor / 64] = 1UL << (processor % 64);
        return SetAffinity(0, (nuint)(Words * sizeof(ulong)), in MemoryMarshal.GetReference(set)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, in ulong set);
}
