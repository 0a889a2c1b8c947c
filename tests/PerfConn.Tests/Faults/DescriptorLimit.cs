using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfConn.Tests.Faults;

/// <summary>
/// Takes from this process the right to open anything more (Linux, <c>RLIMIT_NOFILE</c>, getrlimit(2)), and gives it back when it is disposed. What is open stays open and usable.
/// </summary>
/// <remarks>
/// The whole process feels it, the runtime too: an assembly that is first needed now cannot be loaded. Whoever uses it runs alone and has taken the same way once before.
/// </remarks>
internal sealed partial class DescriptorLimit : IDisposable
{
    private const int OpenFiles = 7;

    /// <summary>The runtime's own, open since it started and for as long as it runs: no number below this becomes free.</summary>
    private const int Always = 16;

    private readonly SafeFileHandle _last;
    private Limits _before;

    private DescriptorLimit(SafeFileHandle last, Limits before)
    {
        _last = last;
        _before = before;
    }

    /// <summary>From now on nothing can be opened.</summary>
    public static DescriptorLimit Lower()
    {
        // The system gives the lowest free number, so below this one all are taken; at and above the limit it gives none.
        SafeFileHandle last = File.OpenHandle("/dev/null");
        Check(Get(OpenFiles, out Limits before));
        var limit = new DescriptorLimit(last, before);
        Limits low = before with { Soft = Math.Min(Always, (nuint)last.DangerousGetHandle() + 1) };
        Check(Set(OpenFiles, ref low));
        return limit;
    }

    public void Dispose()
    {
        Check(Set(OpenFiles, ref _before));
        _last.Dispose();
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Get(int resource, out Limits limits);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(int resource, ref Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits
    {
        public nuint Soft;
        public nuint Hard;
    }
}
