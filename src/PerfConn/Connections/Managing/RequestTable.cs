using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Connections.Managing;

/// <summary>The requests of one connection that have no reply yet. Numbers are never used twice, so that a late reply cannot be taken for another request's.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RequestTable
{
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private long _lastId;

    public int Count => _pending.Count;

    public PendingRequest Add(FrameSender sender, SharedSubscription? subscription)
    {
        var request = new PendingRequest(Interlocked.Increment(ref _lastId), sender, subscription);
        _pending[request.Id] = request;
        return request;
    }

    public void Remove(PendingRequest request) => _pending.TryRemove(request.Id, out _);

    public bool TryTake(long id, [MaybeNullWhen(false)] out PendingRequest request) => _pending.TryRemove(id, out request);

    /// <summary>Fails every request that did not go out on this connection of the line; all of them when there is none.</summary>
    public void FailAllBut(FrameSender? present, ConnectionException cause)
    {
        foreach (KeyValuePair<long, PendingRequest> entry in _pending)
        {
            if (!ReferenceEquals(entry.Value.Sender, present) && _pending.TryRemove(entry))
            {
                entry.Value.Fail(cause);
            }
        }
    }
}
