using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Runs blocking calls on a socket on a thread that lives as long as they do. It is no pool thread: a venue that answers nobody would else hold as many of them
/// as lines connect to it, and the timers that end the waiting run there too (RELIABILITY B72).
/// </summary>
internal static class BorrowedThread
{
    /// <summary>Runs the calls; cancelling closes the socket, which is what ends a blocked call.</summary>
    public static Task RunAsync(Socket socket, Action calls, CancellationToken cancellationToken) =>
        RunAsync<object?>(
            socket,
            () =>
            {
                calls();
                return Task.FromResult<object?>(null);
            },
            cancellationToken);

    /// <summary>Runs the calls; cancelling closes the socket, which is what ends a blocked call.</summary>
    /// <param name="socket">The socket that they block on.</param>
    /// <param name="calls">The calls. What they await is complete when they await it: the whole runs on the one thread.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public static async Task<T> RunAsync<T>(Socket socket, Func<Task<T>> calls, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration cut = cancellationToken.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        try
        {
            await using (cut.ConfigureAwait(false))
            {
                return await Task.Factory
                    .StartNew(calls, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                    .Unwrap().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("cancelled", e, cancellationToken);
        }
    }
}
