using System;
using System.Runtime.InteropServices;

namespace PerfConn.Lab.Running;

/// <summary>What the base library has no call for (Linux).</summary>
internal static partial class Native
{
    private const int DontWait = 0x40;

    /// <summary>Sleeps to within the kernel's timer slack.</summary>
    public static unsafe void SleepFor(long nanoseconds)
    {
        long* time = stackalloc long[2];
        time[0] = nanoseconds / 1_000_000_000;
        time[1] = nanoseconds % 1_000_000_000;
        _ = Sleep(time, null);
    }

    /// <summary>Keeps the calling thread on one core.</summary>
    public static unsafe void PinThread(int core)
    {
        ulong* set = stackalloc ulong[16];
        new Span<ulong>(set, 16).Clear();
        set[core / 64] = 1UL << (core % 64);
        _ = SetAffinity(0, 128, set);
    }

    /// <summary>Reads what is there; negative when nothing is.</summary>
    public static unsafe int Poll(int socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return (int)Receive(socket, first, (nuint)buffer.Length, DontWait);
        }
    }

    /// <summary>Waits in the kernel until something is there.</summary>
    public static unsafe int Read(int socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return (int)Receive(socket, first, (nuint)buffer.Length, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "recv")]
    private static unsafe partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static unsafe partial int Sleep(long* request, long* remaining);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static unsafe partial int SetAffinity(int thread, nuint size, ulong* set);
}
