using System;
using System.Threading.Tasks;

namespace PerfConn.Interop;

/// <summary>The longest that anything may take here; it says that something hangs, and nothing of speed.</summary>
internal static class Limit
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static Task WithinAsync(Task task) => task.WaitAsync(s_limit);

    public static Task<T> WithinAsync<T>(Task<T> task) => task.WaitAsync(s_limit);
}
