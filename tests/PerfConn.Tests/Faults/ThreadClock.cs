using System;
using System.Runtime.InteropServices;

namespace PerfConn.Tests.Faults;

/// <summary>CPU time of the calling thread, by the kernel's clock of it (Linux, clock_gettime); elsewhere there is none.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Null where it cannot be had.</summary>
    public static TimeSpan? Now =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out Timespec time) == 0 ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0) : null;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
