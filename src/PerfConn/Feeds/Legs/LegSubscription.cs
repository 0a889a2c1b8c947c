using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Subscriptions;

namespace PerfConn.Feeds.Legs;

/// <summary>A subscription on all legs of a set. Dispose it to end it.</summary>
public sealed class LegSubscription : IAsyncDisposable
{
    private readonly Func<LegSubscription, Task> _end;
    private int _disposed;

    internal LegSubscription(IReadOnlyList<string> streams, SubscribeOptions options, Func<LegSubscription, Task> end)
    {
        Streams = streams;
        Options = options;
        _end = end;
    }

    /// <summary>The streams, as they were asked for.</summary>
    public IReadOnlyList<string> Streams { get; }

    internal SubscribeOptions Options { get; }

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Ends it on every leg.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _end(this).ConfigureAwait(false);
        }
    }
}
