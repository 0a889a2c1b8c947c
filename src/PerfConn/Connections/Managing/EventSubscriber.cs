using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;

namespace PerfConn.Connections.Managing;

/// <summary>One subscriber of an <see cref="EventStream"/>: its buffer, and the reading of it.</summary>
internal sealed class EventSubscriber(EventHub hub, int capacity, Func<LineEvent, bool>? filter, CancellationToken cancellationToken) : IAsyncEnumerator<LineEvent>, IDisposable
{
    public EventBuffer<LineEvent> Buffer { get; } = new(capacity);

    [AllowNull]
    public LineEvent Current { get; private set; }

    public bool Wants(LineEvent what) => filter is null || filter(what);

    public async ValueTask<bool> MoveNextAsync()
    {
        while (await Buffer.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Buffer.TryTake(out LineEvent? what, out _))
            {
                Current = what;
                return true;
            }
        }

        return false;
    }

    public void Dispose() => hub.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
