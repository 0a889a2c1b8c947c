using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Connections.Managing;

/// <summary>Carries what waits in a buffer to an observer, on the thread pool.</summary>
internal static class ObserverPump
{
    /// <summary>Runs until the buffer is completed, or the observer throws. Never throws.</summary>
    /// <param name="buffer">What waits.</param>
    /// <param name="observer">Who is told.</param>
    /// <param name="next">Tells one item, with how many were dropped before it.</param>
    /// <param name="failed">Told of what the observer threw; it is called no more.</param>
    public static async Task RunAsync<T>(EventBuffer<T> buffer, IObserver<T> observer, Action<T, long, IObserver<T>> next, Action<Exception> failed)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (await DeliverAsync(buffer, observer, next).ConfigureAwait(false) is { } error)
            {
                observer.OnError(error);
            }
            else
            {
                observer.OnCompleted();
            }
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    /// <summary>Gives what the buffer was completed with; throws what the observer threw.</summary>
    private static async Task<Exception?> DeliverAsync<T>(EventBuffer<T> buffer, IObserver<T> observer, Action<T, long, IObserver<T>> next)
    {
        while (true)
        {
            try
            {
                if (!await buffer.WaitAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    return null;
                }
            }
            catch (Exception e)
            {
                return e;
            }

            while (buffer.TryTake(out T? item, out long lost))
            {
                next(item, lost, observer);
            }
        }
    }
}
