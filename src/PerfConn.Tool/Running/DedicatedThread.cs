using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tool.Running;

/// <summary>
/// Runs a blocking body on a thread of its own: what it allocates can be told from what the tick path allocates, and drawing never takes a pool
/// thread from a receive loop.
/// </summary>
internal static class DedicatedThread
{
    public static Task<T> RunAsync<T>(string name, Func<T> body)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                completion.SetResult(body());
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return completion.Task;
    }
}
