using System;
using System.Threading;
using System.Threading.Tasks;
using Xunit.Sdk;

namespace PerfConn.Tests;

/// <summary>How long a test waits for something that must happen: long enough for a busy machine, and always finite.</summary>
internal static class Deadline
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>A token that is cancelled when the deadline passes.</summary>
    public static CancellationToken Token => new CancellationTokenSource(s_limit, TimeProvider.System).Token;

    /// <summary>Waits until the condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_limit)
            {
                throw new XunitException($"not within {s_limit.TotalSeconds} s: {what}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits for a task.</summary>
    public static Task Within(Task task) => task.WaitAsync(s_limit, TimeProvider.System);

    /// <summary>Waits for a task.</summary>
    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(s_limit, TimeProvider.System);
}
